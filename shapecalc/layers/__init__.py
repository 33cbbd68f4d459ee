"""Every layer kind under its name in a spec. A new kind is one class and one line here.

Plug-ins add theirs to `kinds`, by decorator or by an entry point of the group shapecalc.kinds.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

from shapecalc.layers.base import Layer
from shapecalc.registry import Registry

CLASSES: dict[str, str] = {  # the file here and the class in it, in the order of the pages
    "conv": "conv:Conv",
    "depthwise_conv": "conv:DepthwiseConv",
    "separable_conv": "separable:SeparableConv",
    "local_conv": "separable:LocalConv",
    "conv_transpose": "conv_transpose:ConvTranspose",
    "max_pool": "pool:MaxPool",
    "max_unpool": "unpool:MaxUnpool",
    "avg_pool": "pool:AvgPool",
    "l2_pool": "pool:L2Pool",
    "global_max_pool": "pool:GlobalMaxPool",
    "global_avg_pool": "pool:GlobalAvgPool",
    "adaptive_max_pool": "pool:AdaptiveMaxPool",
    "adaptive_avg_pool": "pool:AdaptiveAvgPool",
    "dense": "dense:Dense",
    "flatten": "reshape:Flatten",
    "reshape": "reshape:Reshape",
    "dropout": "activation:Dropout",
    "batch_norm": "normalization:BatchNorm",
    "instance_norm": "normalization:InstanceNorm",
    "layer_norm": "normalization:LayerNorm",
    "group_norm": "normalization:GroupNorm",
    "lrn": "normalization:Lrn",
    "rms_norm": "scaling:RmsNorm",
    "l2_normalize": "scaling:L2Normalize",
    "scale": "scaling:Scale",
    "relu": "activation:Relu",
    "gelu": "activation:Gelu",
    "silu": "activation:Silu",
    "mish": "activation:Mish",
    "relu6": "activation:Relu6",
    "hard_sigmoid": "activation:HardSigmoid",
    "hard_swish": "activation:HardSwish",
    "sigmoid": "activation:Sigmoid",
    "tanh": "activation:Tanh",
    "softplus": "activation:Softplus",
    "hard_tanh": "pointwise:HardTanh",
    "softsign": "pointwise:Softsign",
    "exp": "pointwise:Exp",
    "abs": "pointwise:Abs",
    "sqrt": "pointwise:Sqrt",
    "identity": "pointwise:Identity",
    "glu": "pointwise:Glu",
    "softmax": "activation:Softmax",
    "log_softmax": "activation:LogSoftmax",
    "elu": "activation:Elu",
    "selu": "activation:Selu",
    "leaky_relu": "activation:LeakyRelu",
    "prelu": "activation:PRelu",
    "pad": "reshape:Pad",
    "crop": "reshape:Crop",
    "upsample": "reshape:Upsample",
    "channel_shuffle": "rearrange:ChannelShuffle",
    "pixel_shuffle": "rearrange:PixelShuffle",
    "pixel_unshuffle": "rearrange:PixelUnshuffle",
    "slice": "rearrange:Slice",
    "transpose": "rearrange:Transpose",
    "add": "merge:Add",
    "subtract": "merge:Subtract",
    "multiply": "merge:Multiply",
    "maximum": "merge:Maximum",
    "average": "merge:Average",
    "concat": "merge:Concat",
    "operation": "operation:Operation",
    "residual": "composite:Residual",
    "parallel": "composite:Parallel",
    "repeat": "composite:Repeat",
}


class Kinds(MutableMapping[str, type[Layer]]):
    """The classes of kinds by name. A file is imported when one of its kinds is asked for: making
    all classes takes longer than the report of a small network.
    """

    def __init__(self, classes: dict[str, str]) -> None:
        self._classes = classes
        self.loaded: dict[str, type[Layer]] = {}

    def __getitem__(self, kind: str) -> type[Layer]:
        found = self.loaded.get(kind)
        if found is None:
            file, _, name = self._classes[kind].partition(":")
            found = getattr(import_module(f"{__name__}.{file}"), name)
            self.loaded[kind] = found
        return found

    def __setitem__(self, kind: str, cls: type[Layer]) -> None:
        self._classes[kind] = ""
        self.loaded[kind] = cls

    def __delitem__(self, kind: str) -> None:
        del self._classes[kind]
        self.loaded.pop(kind, None)

    def __contains__(self, kind: object) -> bool:
        return kind in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


KINDS = Kinds(CLASSES)

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
