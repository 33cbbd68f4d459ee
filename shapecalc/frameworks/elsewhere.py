"""Words that are no layer of PyTorch or Keras with a kind here: other tools', and layers not here.

All are written in small letters without `_` and `-`, as `spelled` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping

# What other tools and papers call a kind. It is said, not read.
OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    word: kinds
    for kinds, words in {
        ("conv",): ("convolution", "convolutional"),
        ("conv_transpose",): (
            "deconv", "deconvolution", "deconv2d", "upconv", "transposedconv",
            "transposeconv", "convtransposed", "fractionallystridedconv",
        ),
        ("depthwise_conv",): ("depthwise", "dwconv", "depthwiseconvolution"),
        ("max_pool",): ("maxpooling",),
        ("avg_pool",): (
            "avgpooling", "averagepool", "averagepooling", "meanpool", "meanpooling",
        ),
        ("max_pool", "avg_pool"): ("pool", "pooling"),
        ("l2_pool",): ("lppool",),
        ("global_avg_pool",): (
            "gap", "globalaveragepool", "globalaveragepooling", "globalavgpooling",
        ),
        ("global_max_pool",): ("globalmaxpooling",),
        ("dense",): ("innerproduct", "fullyconnected"),
        ("flatten", "reshape"): ("view",),
        ("dropout",): ("drop",),
        ("batch_norm",): ("bn", "batchnormalisation", "spatialbatchnormalization"),
        ("layer_norm",): ("ln", "layernormalisation"),
        ("instance_norm",): ("instancenormalization", "instancenormalisation"),
        ("group_norm",): ("gn", "groupnormalisation"),
        ("lrn",): (
            "localresponsenormalization", "localresponsenormalisation", "responsenorm",
        ),
        ("leaky_relu",): ("leaky", "lrelu"),
        ("sigmoid",): ("logistic",),
        ("silu",): ("swish",),
        ("hard_swish",): ("hardsilu", "hswish"),
        ("hard_sigmoid",): ("hsigmoid",),
        ("pad",): ("padding", "zeropadding", "zeropad"),
        ("crop",): ("cropping",),
        ("upsample",): ("upsampling",),
        ("add",): ("sum", "addition"),
        ("subtract",): ("sub",),
        ("multiply",): ("mul",),
        ("concat",): ("concatenation",),
        ("residual",): ("resblock", "residualblock"),
        ("parallel",): ("branches",),
    }.items()
    for word in words
}  # fmt: skip

ONE_BY_ONE = "depthwise_conv with bias: false and a conv with F: 1 behind it make one"
SAME_COUNTS = "write dropout: volumes and counts are the same, it drops single values"
NOTHING_CHANGES = "leave it out: it changes nothing"
TOP = "it stands at the top of the spec, as in input: 32x32x3"
LIST = "write its layers into the list, one after the other"
LOSS = "a loss stands under example: {loss: ...}"

# Layers that are well known and have no kind here, with what can be written where there is a way.
NOT_YET: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "gru", "grucell", "lstm", "lstmcell", "bilstm", "rnn", "rnncell", "rnncellbase",
            "simplernn", "simplernncell", "stackedrnncells", "bidirectional", "timedistributed",
            "convlstm", "convlstm1d", "convlstm2d", "convlstm3d", "recurrent", "embedding",
            "embeddingbag", "reversibleembedding", "positionembedding", "positionalencoding",
            "classtoken", "attention", "selfattention", "additiveattention", "multiheadattention",
            "groupedqueryattention", "groupqueryattention", "mha", "transformer",
            "transformerencoder", "transformerdecoder", "transformerencoderlayer",
            "transformerdecoderlayer", "transformerblock",
            "localconv", "local", "locallyconnected", "locallyconnected1d", "locallyconnected2d",
            "deformconv", "deformconv2d", "einsumdense", "bilinear", "capsule",
            "maxunpool", "maxunpool1d", "maxunpool2d", "maxunpool3d", "unpool", "unpooling",
            "fractionalmaxpool", "fractionalmaxpool2d", "fractionalmaxpool3d",
            "minpool", "stochasticpool", "sumpool", "spp", "spatialpyramidpooling", "roipool",
            "roialign", "pixelshuffle", "pixelunshuffle", "depthtospace", "spacetodepth", "reorg",
            "channelshuffle", "shufflechannel", "fold", "unfold", "im2col", "permute", "transpose",
            "slice", "split", "chunk", "squeeze", "unsqueeze", "gather", "repeatvector", "expand",
            "tile", "rmsnorm", "rmsnormalization", "unitnormalization", "l2normalize",
            "spectralnorm", "spectralnormalization", "weightnorm", "normalization", "rescaling",
            "scale", "layerscale", "bias", "glu", "swiglu", "geglu", "hardtanh", "softsign",
            "softmin", "logsigmoid", "tanhshrink", "softshrink", "hardshrink", "threshold",
            "celu", "rrelu", "crelu", "thresholdedrelu", "maxout", "exp", "exponential", "log",
            "abs", "sqrt", "square", "pow", "power", "sin", "cos", "minimum", "min", "max", "dot",
            "matmul", "divide", "div", "eltwise", "cosinesimilarity", "pairwisedistance",
            "lambda", "masking", "gaussiannoise", "droppath", "stochasticdepth", "dropblock",
            "activityregularization", "detection", "yolo", "region", "route", "argmax",
            "reflectionpad1d", "reflectionpad2d", "reflectionpad3d", "replicationpad1d",
            "replicationpad2d", "replicationpad3d", "circularpad1d", "circularpad2d",
            "circularpad3d", "constantpad1d", "constantpad2d", "constantpad3d",
            "resizing", "centercrop", "crossmaplrn2d", "adaptivelogsoftmaxwithloss",
        ),
        "",
    ),
    **dict.fromkeys(
        (
            "separableconv", "separableconv1d", "separableconv2d", "separableconvolution1d",
            "separableconvolution2d", "sepconv", "depthwiseseparableconv", "dsconv",
        ),
        ONE_BY_ONE,
    ),
    **dict.fromkeys(
        (
            "dropout1d", "dropout2d", "dropout3d", "spatialdropout1d", "spatialdropout2d",
            "spatialdropout3d", "alphadropout", "featurealphadropout", "gaussiandropout",
        ),
        SAME_COUNTS,
    ),
    **dict.fromkeys(("identity", "noop"), NOTHING_CHANGES),
    "upsamplingbilinear2d": (
        "upsample: {scale: 2, mode: bilinear} has the same volume, its centres are half-pixel"
    ),
}  # fmt: skip

# What stands among the layers of other tools, and elsewhere here.
NO_LAYERS: Mapping[str, str] = {
    **dict.fromkeys(("input", "inputlayer", "inputs"), TOP),
    **dict.fromkeys(("output", "outputs"), "it stands at the top of the spec: outputs: [softmax1]"),
    **dict.fromkeys(
        ("sequential", "modulelist", "moduledict", "model", "functional", "layers", "layer"), LIST
    ),
    **dict.fromkeys(
        (
            "crossentropyloss", "crossentropy", "nllloss", "mseloss", "l1loss", "bceloss",
            "bcewithlogitsloss", "softmaxwithloss", "hingeloss", "loss",
        ),
        LOSS,
    ),
}  # fmt: skip

# Keys of a spec's top level.
TOP_LEVEL: Mapping[str, str] = {
    "input_shape": "write input: 32x32x3",
    "input_size": "write input: 32x32x3",
    "batch_size": "write batch",
    "model": "write name, input and layers at the top",
    "output": "write expect: {output: ...}, or outputs: with names",
    "block": "write blocks",
}

# Keys of a worked example.
EXAMPLE: Mapping[str, str] = {
    "input": "write given: {input: [...]}",
    "inputs": "write given: {left: [...], right: [...]}",
    "output": "write expect: {conv1: [...]}, with the layer's name",
    "expected": "write expect",
    "learning_rate": "write rate",
    "lr": "write rate",
    "atol": "write tolerance",
    "weights": "write given: {conv1.weight: [...]}",
}
