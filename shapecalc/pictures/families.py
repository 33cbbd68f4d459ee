"""What kinds have in common in a picture: their family, which gives the colour, and their words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from shapecalc.layers import KINDS, Layer
from shapecalc.layers.base import show_value
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord

# A kind belongs where the file of its class does, or of the class that it is made from.
BY_FILE = {
    "conv": "conv", "separable": "conv", "conv_transpose": "conv",
    "pool": "pool", "unpool": "pool",
    "dense": "dense",
    "normalization": "norm", "scaling": "norm",
    "activation": "act", "pointwise": "act",
    "reshape": "shape", "rearrange": "shape",
    "merge": "merge",
}  # fmt: skip
BY_KIND = {"dropout": "drop"}
FUSED = ("act", "norm", "drop")  # bands of the glyph before them, where they keep its volume

WORDS = {
    "batch_norm": "BN", "instance_norm": "IN", "layer_norm": "LN", "group_norm": "GN",
    "rms_norm": "RMS norm", "l2_normalize": "L2 norm", "lrn": "LRN",
    "relu": "ReLU", "relu6": "ReLU6", "gelu": "GELU", "silu": "SiLU", "elu": "ELU",
    "selu": "SELU", "prelu": "PReLU", "leaky_relu": "leaky ReLU", "glu": "GLU",
    "conv_transpose": "conv transpose", "depthwise_conv": "depthwise conv",
    "global_avg_pool": "global avg pool", "l2_pool": "L2 pool",
}  # fmt: skip
DEPTH_WORDS = ("K", "units")


@cache
def family_of(kind: str) -> str:
    """Return the family of a kind; `other` for one that is like none of ours."""
    if kind in BY_KIND:
        return BY_KIND[kind]
    cls = KINDS.get(kind)
    for base in cls.__mro__ if cls is not None else ():
        package, _, file = base.__module__.rpartition(".")
        if package == Layer.__module__.rpartition(".")[0] and file in BY_FILE:
            return BY_FILE[file]
    return "other"


def kind_words(record: LayerRecord) -> str:
    """Return what a kind is called in a picture: `conv`, `max pool`, `BN`."""
    if record.layer is not None and record.layer.opaque:
        return str(record.layer.values().get("what", "operation"))
    return WORDS.get(record.kind, record.kind.replace("_", " "))


def fields_of(record: LayerRecord, depth: bool = True) -> list[str]:
    """Return the fields that people write beside a layer: `["3×3", "128", "/2"]`.

    Not those that give the `depth`, unless they are asked for: the volume has it.
    """
    if record.layer is None or record.layer.opaque:
        return []
    values = record.layer.values()
    if isinstance(record.layer, Sliding):
        values["S"] = record.layer.stride()
    if not depth:
        values = {word: value for word, value in values.items() if word not in DEPTH_WORDS}
    larger = isinstance(record.layer, ConvTranspose)  # its stride is how far outputs lie apart
    return list(_fields(values, _rank(record), "×" if larger else "/"))


def _rank(record: LayerRecord) -> int:
    """Return how many spatial axes a layer has, as far as its input tells."""
    return max(1, len(record.input[0]) - 1) if record.input else 2


def _fields(values: dict[str, object], rank: int, stride: str) -> Iterator[str]:
    if "F" in values:
        yield _sizes(values["F"], rank)
    for word in DEPTH_WORDS:
        if word in values:
            yield f"{values[word]:,}" if isinstance(values[word], int) else str(values[word])
    if values.get("S", 1) != 1:
        yield f"{stride}{_sizes(values['S'], 1)}"
    if values.get("dilation", 1) != 1:
        yield f"dilation {_sizes(values['dilation'], 1)}"
    if values.get("groups", 1) != 1:
        yield f"{values['groups']} groups"
    if values.get("multiplier", 1) != 1:
        yield f"multiplier {values['multiplier']}"
    if "scale" in values and not isinstance(values["scale"], bool):
        yield f"×{_sizes(values['scale'], 1)}"
    if "rate" in values:
        yield show_value(values["rate"])


def _sizes(value: object, rank: int) -> str:
    """Return a size for every axis: 3 is `3×3` for two of them, `/2` is enough for a stride."""
    if isinstance(value, tuple):
        return "×".join(map(show_value, value)) if len(value) <= 3 else show_value(value)
    return "×".join([show_value(value)] * rank)
