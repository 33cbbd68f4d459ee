"""Every layer kind under its name in a spec. A new kind is one class and one line here.

Plug-ins add theirs to `kinds`, by decorator or by an entry point of the group shapecalc.kinds.
"""

from shapecalc.layers import (
    activation,
    composite,
    conv,
    dense,
    merge,
    normalization,
    operation,
    pool,
    reshape,
)
from shapecalc.layers.base import Layer
from shapecalc.registry import Registry

KINDS: dict[str, type[Layer]] = {
    "conv": conv.Conv,
    "depthwise_conv": conv.DepthwiseConv,
    "separable_conv": conv.SeparableConv,
    "local_conv": conv.LocalConv,
    "conv_transpose": conv.ConvTranspose,
    "max_pool": pool.MaxPool,
    "max_unpool": pool.MaxUnpool,
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
    "rms_norm": normalization.RmsNorm,
    "l2_normalize": normalization.L2Normalize,
    "scale": normalization.Scale,
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
    "hard_tanh": activation.HardTanh,
    "softsign": activation.Softsign,
    "exp": activation.Exp,
    "abs": activation.Abs,
    "sqrt": activation.Sqrt,
    "identity": activation.Identity,
    "glu": activation.Glu,
    "softmax": activation.Softmax,
    "log_softmax": activation.LogSoftmax,
    "elu": activation.Elu,
    "selu": activation.Selu,
    "leaky_relu": activation.LeakyRelu,
    "prelu": activation.PRelu,
    "pad": reshape.Pad,
    "crop": reshape.Crop,
    "upsample": reshape.Upsample,
    "channel_shuffle": reshape.ChannelShuffle,
    "pixel_shuffle": reshape.PixelShuffle,
    "pixel_unshuffle": reshape.PixelUnshuffle,
    "slice": reshape.Slice,
    "transpose": reshape.Transpose,
    "add": merge.Add,
    "subtract": merge.Subtract,
    "multiply": merge.Multiply,
    "maximum": merge.Maximum,
    "average": merge.Average,
    "concat": merge.Concat,
    "operation": operation.Operation,
    "residual": composite.Residual,
    "parallel": composite.Parallel,
    "repeat": composite.Repeat,
}

kinds: Registry[type[Layer]] = Registry(
    "layer kind",
    KINDS,
    "shapecalc.kinds",
    fits=lambda thing: isinstance(thing, type) and issubclass(thing, Layer) and bool(thing.__doc__),
    needs="a Layer class with a docstring, which is its page",
)
ALIASES = {"fc": "dense", "linear": "dense"}  # read as the kind, and numbered with it


def kind_of(word: str) -> str | None:
    """Return the kind that a spec's word stands for, or None."""
    return word if word in KINDS else ALIASES.get(word)


__all__ = ["ALIASES", "KINDS", "Layer", "kind_of", "kinds"]
