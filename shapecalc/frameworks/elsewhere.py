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
        ("l2_normalize",): ("normalize", "unitnorm"),
        ("scale",): ("layerscale",),
        ("leaky_relu",): ("leaky", "lrelu"),
        ("sigmoid",): ("logistic",),
        ("silu",): ("swish",),
        ("hard_swish",): ("hardsilu", "hswish"),
        ("hard_sigmoid",): ("hsigmoid",),
        ("exp",): ("exponential",),
        ("pad",): ("padding", "zeropadding", "zeropad"),
        ("crop",): ("cropping",),
        ("upsample",): ("upsampling",),
        ("channel_shuffle",): ("shufflechannel",),
        ("pixel_shuffle",): ("depthtospace",),
        ("pixel_unshuffle",): ("spacetodepth",),
        ("slice",): ("split", "chunk", "narrow"),
        ("transpose",): ("permutation",),
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
TOP = "it stands at the top of the spec, under input"
LIST = "write its layers into the list, one after the other"
LOSS = "a loss stands under example"

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
            "lppool", "mixpool", "mixedpool", "medianpool", "softpool", "unmaxpool",
            "minpool", "stochasticpool", "sumpool", "spp", "spatialpyramidpooling", "roipool",
            "roialign", "reorg",
            "fold", "unfold", "im2col", "squeeze", "unsqueeze", "gather", "repeatvector", "expand",
            "tile",
            "spectralnorm", "spectralnormalization", "weightnorm", "normalization",
            "batchrenorm", "bias", "swiglu", "geglu",
            "softmin", "logsigmoid", "tanhshrink", "softshrink", "hardshrink", "threshold",
            "celu", "rrelu", "crelu", "thresholdedrelu", "maxout", "log", "square", "pow", "power",
            "sin", "cos", "minimum", "min", "max", "dot",
            "matmul", "divide", "div", "eltwise", "cosinesimilarity", "pairwisedistance",
            "lambda", "masking", "gaussiannoise", "droppath", "stochasticdepth", "dropblock",
            "activityregularization", "detection", "yolo", "region", "route", "argmax",
            "constantpad1d", "constantpad2d", "constantpad3d",
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
    "noop": NOTHING_CHANGES,
    "upsamplingbilinear2d": (
        "upsample with mode bilinear has the same volume, its centres are half-pixel"
    ),
}  # fmt: skip

# What stands among the layers of other tools, and elsewhere here.
NO_LAYERS: Mapping[str, str] = {
    **dict.fromkeys(("input", "inputlayer", "inputs"), TOP),
    **dict.fromkeys(("output", "outputs"), "it stands at the top of the spec, under outputs"),
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

# Keys of a spec's top level that are none, and what to do instead.
TOP_LEVEL: Mapping[str, str] = {
    "model": "name, input and layers stand at the top themselves",
    "output": "a volume that is claimed stands under expect, names of layers under outputs",
}

# Keys of a worked example that are none, and what to do instead.
EXAMPLE: Mapping[str, str] = {
    "input": "arrays that are given stand under given, by the input's name",
    "inputs": "arrays that are given stand under given, by the inputs' names",
    "output": "arrays that are expected stand under expect, by the layer's name",
    "weights": "arrays that are given stand under given, by the parameter's name",
}

# Other words for keys and fields of ours, in small letters without `_`; the first that is known
# where it stands is meant.
OTHER_KEYS: Mapping[str, tuple[str, ...]] = {
    word: ours
    for ours, words in {
        ("input",): (
            "inputshape", "inputsize", "inputdim", "inputvolume", "inshape", "insize",
            "batchinputshape",
        ),
        ("batch",): ("batchsize", "bs"),
        ("blocks",): ("block", "modules"),
        ("layers", "body"): ("layer", "network", "net", "architecture", "sequence"),
        ("expect",): ("expected", "expects", "expectation"),
        ("rate",): ("learningrate", "lr", "p", "prob", "probability", "droprate", "dropoutrate"),
        ("tolerance",): ("atol", "tol"),
        ("K", "units"): (
            "nfilters", "numfilters", "nbfilter", "nbfilters", "numberoffilters", "filtercount",
            "numoutput", "outdepth", "outchannel", "outfilters", "nkernels", "numkernels",
            "features", "noutputs", "outputchannels",
        ),
        ("units",): (
            "nunits", "numunits", "neurons", "nneurons", "numneurons", "nodes", "nnodes", "hidden",
            "outputdim", "outdim", "outsize", "outputsize",
        ),
        ("F", "output", "size"): (
            "size", "filtersize", "filter", "fsize", "kernel", "kernelshape", "kernelsizes",
            "ksize", "window", "windowsize", "windowshape", "poolsize", "poolsizes", "pool",
        ),
        ("S",): ("step", "steps", "stepsize", "stridesize", "subsample"),
        ("P",): ("pad", "pads", "padsize", "padwidth", "zeropad", "zeropadding", "paddings"),
        ("dilation",): ("dilations", "dilate", "atrous", "dilationfactor"),
        ("groups",): ("group", "ngroups", "cardinality"),
        ("bias",): ("biases", "biasterm", "withbias", "hasbias"),
        ("scale",): ("factor", "upscale", "upscalefactor"),
        ("slope",): ("leak", "leakiness"),
        ("times",): ("n", "count", "repeats", "repetitions", "number"),
    }.items()
    for word in words
}  # fmt: skip
