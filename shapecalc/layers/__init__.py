"""Every layer kind under its name in a spec. A new kind is one class and one line here."""

from __future__ import annotations

from shapecalc.layers import activation, composite, conv, dense, merge, normalization, pool, reshape
from shapecalc.layers.base import Layer

KINDS: dict[str, type[Layer]] = {
    "conv": conv.Conv,
    "depthwise_conv": conv.DepthwiseConv,
    "conv_transpose": conv.ConvTranspose,
    "max_pool": pool.MaxPool,
    "avg_pool": pool.AvgPool,
    "l2_pool": pool.L2Pool,
    "global_max_pool": pool.GlobalMaxPool,
    "global_avg_pool": pool.GlobalAvgPool,
    "adaptive_max_pool": pool.AdaptiveMaxPool,
    "adaptive_avg_pool": pool.AdaptiveAvgPool,
    "dense": dense.Dense,
    "flatten": reshape.Flatten,
    "reshape": reshape.Reshape,
    "dropout": activation.Dropout,
    "batch_norm": normalization.BatchNorm,
    "instance_norm": normalization.InstanceNorm,
    "layer_norm": normalization.LayerNorm,
    "group_norm": normalization.GroupNorm,
    "lrn": normalization.Lrn,
    "relu": activation.Relu,
    "gelu": activation.Gelu,
    "silu": activation.Silu,
    "mish": activation.Mish,
    "relu6": activation.Relu6,
    "hard_sigmoid": activation.HardSigmoid,
    "hard_swish": activation.HardSwish,
    "sigmoid": activation.Sigmoid,
    "tanh": activation.Tanh,
    "softplus": activation.Softplus,
    "softmax": activation.Softmax,
    "log_softmax": activation.LogSoftmax,
    "elu": activation.Elu,
    "selu": activation.Selu,
    "leaky_relu": activation.LeakyRelu,
    "prelu": activation.PRelu,
    "pad": reshape.Pad,
    "crop": reshape.Crop,
    "upsample": reshape.Upsample,
    "add": merge.Add,
    "subtract": merge.Subtract,
    "multiply": merge.Multiply,
    "maximum": merge.Maximum,
    "average": merge.Average,
    "concat": merge.Concat,
    "residual": composite.Residual,
    "parallel": composite.Parallel,
    "repeat": composite.Repeat,
}

ALIASES = {"fc": "dense", "linear": "dense"}  # read as the kind, and numbered with it

# What other tools call a kind; used for hints only.
FOREIGN = {
    "conv1d": "conv",
    "conv2d": "conv",
    "conv3d": "conv",
    "convolution": "conv",
    "convtranspose2d": "conv_transpose",
    "conv2dtranspose": "conv_transpose",
    "deconv": "conv_transpose",
    "depthwiseconv2d": "depthwise_conv",
    "maxpool": "max_pool",
    "maxpool2d": "max_pool",
    "maxpooling2d": "max_pool",
    "maxpooling": "max_pool",
    "avgpool": "avg_pool",
    "avgpool2d": "avg_pool",
    "averagepooling2d": "avg_pool",
    "pool": "max_pool",
    "pooling": "max_pool",
    "globalaveragepooling2d": "global_avg_pool",
    "gap": "global_avg_pool",
    "globalmaxpooling2d": "global_max_pool",
    "adaptiveavgpool2d": "adaptive_avg_pool",
    "adaptivemaxpool2d": "adaptive_max_pool",
    "innerproduct": "dense",
    "fullyconnected": "dense",
    "batchnorm": "batch_norm",
    "batchnorm2d": "batch_norm",
    "batchnormalization": "batch_norm",
    "bn": "batch_norm",
    "layernormalization": "layer_norm",
    "groupnormalization": "group_norm",
    "localresponsenorm": "lrn",
    "zeropadding2d": "pad",
    "zeropad2d": "pad",
    "cropping2d": "crop",
    "upsampling2d": "upsample",
    "concatenate": "concat",
    "cat": "concat",
    "swish": "silu",
    "hardswish": "hard_swish",
    "hardsigmoid": "hard_sigmoid",
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "separableconv2d": "depthwise_conv",
}


def kind_of(word: str) -> str | None:
    """Return the kind that a spec's word stands for, or None."""
    return word if word in KINDS else ALIASES.get(word)


__all__ = ["ALIASES", "FOREIGN", "KINDS", "Layer", "kind_of"]
