"""What Caffe does value by value: activations, scales and biases, norms, sums and products.

BatchNorm keeps a mean, a variance and one number by which both are divided; the number belongs to
the bookkeeping of training and is not counted, as PyTorch's num_batches_tracked is not. What is
learned, gamma and beta, is in a Scale behind it. Source: Caffe, batch_norm_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shapecalc.diagnostics import Path
from shapecalc.frameworks.caffe import PLAIN
from shapecalc.readers.caffe.building import Building
from shapecalc.readers.caffe.layers import Layer, Malformed, Settings
from shapecalc.readers.opaque import UNKNOWN, Opaque

KEPT = Opaque((), {}, 0, keeps=True)  # the volume, and nothing is learned
BY_NUMBER = ("PROD", "SUM", "MAX")
MERGES = {"SUM": "add", "PROD": "multiply", "MAX": "maximum"}
LRN = (("size", "local_size", 5), ("alpha", "alpha", 1), ("beta", "beta", 0.75), ("k", "k", 1))
WITHOUT_A_BASE = -1  # stands for e
SMALLEST = 1e-30  # eps of a norm has to be positive here, and may be 0 in Caffe


def plain(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add what has a kind without fields."""
    kind, fields = PLAIN[layer.kind]
    return [building.add(layer, kind, fields, sources[:1])]


def kept(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add an operation that keeps its volume and learns nothing."""
    return building.operation(layer, KEPT, sources)


# -- activations -----------------------------------------------------------------------------------


def relu(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a ReLU, a leaky one where the file has a slope."""
    settings = layer.settings("relu_param")
    slope = settings.number("negative_slope", 0.0)
    if not slope:
        return [building.add(layer, "relu", {}, sources[:1])]
    places = {"slope": settings.where("negative_slope")}
    return [building.add(layer, "leaky_relu", {"slope": slope}, sources[:1], places=places)]


def prelu(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a PReLU: a slope for each slice, or one in all."""
    shared = layer.settings("prelu_param").truth("channel_shared", False)
    fields = {"slopes": "one" if shared else "per_slice"}
    return [building.add(layer, "prelu", fields, sources[:1])]


def elu(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add an ELU, whose alpha is 1 here."""
    if layer.settings("elu_param").number("alpha", 1.0) != 1:
        return kept(building, layer, sources)
    return [building.add(layer, "elu", {}, sources[:1])]


def swish(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add x*sigmoid(x), whose beta is 1 here."""
    if layer.settings("swish_param").number("beta", 1.0) != 1:
        return kept(building, layer, sources)
    return [building.add(layer, "silu", {}, sources[:1])]


def clip(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Clip, which is a relu6 from 0 to 6."""
    settings = layer.settings("clip_param")
    if (settings.number("min", 0), settings.number("max", 0)) != (0, 6):
        return kept(building, layer, sources)
    return [building.add(layer, "relu6", {}, sources[:1])]


def dropout(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Dropout."""
    settings = layer.settings("dropout_param")
    fields: dict[str, Any] = {}
    if "dropout_ratio" in settings:
        fields["rate"] = settings.number("dropout_ratio", 0.5)
    places = {"rate": settings.where("dropout_ratio")}
    return [building.add(layer, "dropout", fields, sources[:1], places=places)]


def softmax(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Softmax, which has a kind where it is taken along the depth."""
    settings = layer.settings("softmax_param")
    axis = building.axis(sources[0], settings.whole("axis", 1) or 0, settings.where("axis"))
    if axis != 1:
        return kept(building, layer, sources)
    return [building.add(layer, "softmax", {}, sources[:1])]


def power(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add (shift + scale*x)^power."""
    settings = layer.settings("power_param")
    factor, shift = settings.number("scale", 1.0), settings.number("shift", 0.0)
    exponent = settings.number("power", 1.0)
    alone = (factor, shift) == (1, 0)
    if alone and exponent in (1, 0.5):
        kind = "identity" if exponent == 1 else "sqrt"
        return [building.add(layer, kind, {}, sources[:1])]
    if exponent != 1:
        return kept(building, layer, sources)
    fields = {"weight": False if factor == 1 else factor, "bias": shift or False}
    places = {"weight": settings.where("scale"), "bias": settings.where("shift")}
    return [building.add(layer, "scale", fields, sources[:1], places=places)]


def exp(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add base^(shift + scale*x)."""
    settings = layer.settings("exp_param")
    defaults = (("base", WITHOUT_A_BASE), ("scale", 1), ("shift", 0))
    if any(settings.number(name, default) != default for name, default in defaults):
        return kept(building, layer, sources)
    return [building.add(layer, "exp", {}, sources[:1])]


# -- norms -----------------------------------------------------------------------------------------


def batch_norm(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a BatchNorm: statistics alone; NVIDIA's fork may have scale and shift in it."""
    settings = layer.settings("batch_norm_param")
    learned = settings.truth("scale_bias", False)
    fields: dict[str, Any] = {} if learned else {"scale": False, "center": False}
    return [_normed(building, layer, "batch_norm", settings, fields, sources)]


def bn(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a BN of forks, which has four blobs: scale, shift, mean and variance."""
    settings = layer.settings("bn_param")
    frozen = settings.truth("frozen", False)
    return [_normed(building, layer, "batch_norm", settings, {}, sources, frozen=frozen)]


def mvn(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a normalization of each example by its own mean and variance."""
    settings = layer.settings("mvn_param")
    if not settings.truth("normalize_variance", True):
        return kept(building, layer, sources)
    across = settings.truth("across_channels", False)
    fields: dict[str, Any] = {"affine": False} | ({"over": "all"} if across else {})
    kind = "layer_norm" if across else "instance_norm"
    return [_normed(building, layer, kind, settings, fields, sources)]


def _normed(
    building: Building,
    layer: Layer,
    kind: str,
    settings: Settings,
    fields: dict[str, Any],
    sources: Sequence[str],
    *,
    frozen: bool = False,
) -> str:
    places: dict[str, Path] = {}
    if "eps" in settings:
        fields["eps"] = settings.number("eps", SMALLEST) or SMALLEST
        places["eps"] = settings.where("eps")
    return building.add(layer, kind, fields, sources[:1], places=places, frozen=frozen)


def lrn(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a local response normalization over neighbouring channels."""
    settings = layer.settings("lrn_param")
    if settings.word("norm_region", ("ACROSS_CHANNELS", "WITHIN_CHANNEL")) == "WITHIN_CHANNEL":
        return kept(building, layer, sources)
    fields = {ours: settings.number(name, default) for ours, name, default in LRN}
    places = {ours: settings.where(name) for ours, name, _ in LRN}
    return [building.add(layer, "lrn", fields, sources[:1], places=places)]


def normalize(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add SSD's Normalize: along the depth to length 1, times a learned scale for each slice."""
    settings = layer.settings("norm_param")
    shared = settings.truth("channel_shared", True)
    if settings.truth("across_spatial", True) or shared:
        depth = building.depth(sources[0])
        shape = [1] if shared else None if depth is None else [depth]
        parameters = None if shape is None else {"weight": shape}
        return building.operation(layer, Opaque((), parameters, 0, keeps=True), sources)
    value = building.add(layer, "l2_normalize", {}, sources[:1], name="/l2_normalize")
    return [building.add(layer, "scale", {}, [value])]


# -- learned scales and biases ---------------------------------------------------------------------


def scale(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Scale: times a learned value for each slice, or times its second blob."""
    settings = layer.settings("scale_param")
    bias = settings.truth("bias_term", False)
    if len(sources) == 1:
        return _learned(building, layer, settings, sources, {"weight": True, "bias": bias})
    if bias:
        return building.operation(layer, Opaque((), None, 0, keeps=True), sources)
    return _stretched(building, layer, "multiply", settings, sources)


def bias(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Bias: a learned value for each slice, or its second blob."""
    settings = layer.settings("bias_param")
    if len(sources) == 1:
        return _learned(building, layer, settings, sources, {"weight": False, "bias": True})
    return _stretched(building, layer, "add", settings, sources)


def _learned(
    building: Building,
    layer: Layer,
    settings: Settings,
    sources: Sequence[str],
    fields: dict[str, Any],
) -> list[str]:
    """Add learned values: one for each slice has a kind, others are an operation's."""
    axis = building.axis(sources[0], settings.whole("axis", 1) or 0, settings.where("axis"))
    count = settings.whole("num_axes", 1)
    if axis == 1 and (count == 1 or (count == -1 and building.rank(sources[0]) == 1)):
        return [building.add(layer, "scale", fields, sources)]
    sizes = building.known_sizes(sources[0])
    parameters = None
    if sizes is not None and axis is not None and count is not None:
        end = len(sizes) if count < 0 else axis - 1 + count
        shape = [*sizes[max(axis - 1, 0) : end]]
        if count == 0 or (axis and end <= len(sizes)):
            names = [name for name, learned in fields.items() if learned]
            parameters = {name: shape if count else [] for name in names}
    return building.operation(layer, Opaque((), parameters, 0, keeps=True), sources)


def _stretched(
    building: Building, layer: Layer, kind: str, settings: Settings, sources: Sequence[str]
) -> list[str]:
    """Add a merge whose second blob has the first one's axes from one of them on, and is stretched
    along those behind. That is so by itself where it has as many axes, or only the depth.
    """
    first, second = sources[:2]
    axis = building.axis(first, settings.whole("axis", 1) or 0, settings.where("axis"))
    rank, other = building.rank(first), building.rank(second)
    if axis is None or axis > 1:
        return building.operation(layer, KEPT, sources)
    if rank is not None and other is not None and 1 < other < rank:
        sizes = building.known_sizes(second)
        if sizes is None:
            return building.operation(layer, KEPT, sources)
        whole = (*sizes[1:], *[1] * (rank - other), sizes[0])
        fields = {"output": list(whole)}
        second = building.add(layer, "reshape", fields, [second], rank, name="/stretched")
    return [building.add(layer, kind, {}, [first, second])]


def axpy(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add SENet's Axpy: the first blob scales the slices of the second, the third is added."""
    if len(sources) != 3:
        return building.operation(layer, UNKNOWN, sources)
    by, x, y = sources
    product = building.add(layer, "multiply", {}, [x, by], name="/scaled")
    return [building.add(layer, "add", {}, [product, y])]


# -- several blobs ---------------------------------------------------------------------------------


def eltwise(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a sum, perhaps with coefficients, a product or a maximum."""
    settings = layer.settings("eltwise_param")
    written = settings.get("operation")
    method = "SUM" if written is None else settings.word("operation", BY_NUMBER)
    by = settings.numbers("coeff")
    if not by or method != "SUM":
        return [building.add(layer, MERGES[method], {}, sources)]
    if len(by) != len(sources):
        message = f"{len(by)} coefficients for {len(sources)} blobs"
        raise Malformed(message, settings.where("coeff"))
    if [*by] == [1, -1]:
        return [building.add(layer, "subtract", {}, sources)]
    scaled = []
    for number, (source, coefficient) in enumerate(zip(sources, by, strict=True)):
        if coefficient != 1:
            places = {"weight": settings.where("coeff", number)}
            fields = {"weight": coefficient}
            source = building.add(
                layer, "scale", fields, [source], name=f"/scaled:{number}", places=places
            )
        scaled.append(source)
    return [building.add(layer, "add", {}, scaled)]


Function = Callable[[Building, Layer, Sequence[str]], list[str]]
TABLE: dict[str, Function] = {
    **dict.fromkeys(PLAIN, plain),
    **dict.fromkeys(("log", "threshold", "hardsigmoid", "hardswish", "noise"), kept),
    "axpy": axpy,
    "batchnorm": batch_norm,
    "bias": bias,
    "bn": bn,
    "clip": clip,
    "dropout": dropout,
    "eltwise": eltwise,
    "elu": elu,
    "exp": exp,
    "lrn": lrn,
    "mvn": mvn,
    "normalize": normalize,
    "power": power,
    "prelu": prelu,
    "relu": relu,
    "scale": scale,
    "softmax": softmax,
    "swish": swish,
}
