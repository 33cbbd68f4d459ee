"""ONNX' norms."""

from __future__ import annotations

from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.tensors import norms
from shapecalc.readers.tensors.values import Tensor


def batch_norm(call: Call) -> Tensor | None:
    """BatchNormalization: scale, bias, mean and variance."""
    if call.whole("spatial", 1) == 0:  # before version 9: a mean for each position
        return None
    arrays = {
        "weight": call.weight(1),
        "bias": call.weight(2, "bias"),
        "running_mean": call.weight(3, "statistic"),
        "running_var": call.weight(4, "statistic"),
    }
    return norms.batch_norm(
        call.network, call.at, call.tensor(0), arrays, call.number("epsilon", 1e-5)
    )


def layer_norm(call: Call) -> Tensor:
    """LayerNormalization over the axes from one on; over those of `axes` where we made it."""
    x = call.tensor(0)
    arrays = {"weight": call.maybe_weight(1), "bias": call.maybe_weight(2, "bias")}
    first = x.counted(call.whole("axis", -1))
    axes = [-1] if x.rank is None or first is None else list(range(first, x.rank))
    if "axes" in call.given:
        axes = call.listed("axes")
    return norms.layer_norm(call.network, call.at, x, axes, arrays, call.number("epsilon", 1e-5))


def rms_norm(call: Call) -> Tensor | None:
    """RMSNormalization over the last axis."""
    x = call.tensor(0)
    if x.rank is None or x.counted(call.whole("axis", -1)) != x.rank - 1:
        return None
    epsilon = call.number("epsilon", 1e-5)
    return norms.rms_norm(call.network, call.at, x, call.maybe_weight(1), epsilon)


def group_norm(call: Call) -> Tensor | None:
    """GroupNormalization; in version 18 it has an array of one value a group."""
    groups = call.whole("num_groups", 1)
    arrays = {"weight": call.maybe_weight(1), "bias": call.maybe_weight(2, "bias")}
    return norms.group_norm(
        call.network, call.at, call.tensor(0), groups, arrays, call.number("epsilon", 1e-5)
    )


def instance_norm(call: Call) -> Tensor:
    """InstanceNormalization: scale and bias."""
    arrays = {"weight": call.weight(1), "bias": call.weight(2, "bias")}
    return norms.instance_norm(
        call.network, call.at, call.tensor(0), arrays, call.number("epsilon", 1e-5)
    )


def lrn(call: Call) -> Tensor:
    """LRN: its bias is our k."""
    fields = {
        "size": call.whole("size", 5),
        "alpha": call.number("alpha", 1e-4),
        "beta": call.number("beta", 0.75),
        "k": call.number("bias", 1.0),
    }
    return norms.lrn(call.network, call.at, call.tensor(0), fields)


OPERATORS: dict[str, Handler] = {
    "BatchNormalization": batch_norm,
    "GroupNormalization": group_norm,
    "InstanceNormalization": instance_norm,
    "LRN": lrn,
    "LayerNormalization": layer_norm,
    "RMSNormalization": rms_norm,
    "SimplifiedLayerNormalization": rms_norm,
}
