"""PyTorch's norms, as modules call them and as they are after decomposition."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shapecalc.readers.pytorch.calls import Call, Unfit
from shapecalc.readers.tensors import norms
from shapecalc.readers.tensors.values import Constant, Tensor

Handler = Callable[[Call], Tensor]
AFFINE = ("weight", "bias")
STATISTICS = ("running_mean", "running_var")


def batch_norm(call: Call) -> Tensor:
    """Add a batch norm."""
    arrays = _arrays(call, *AFFINE, *STATISTICS)
    return norms.batch_norm(call.network, call.node, call.tensor("input"), arrays, _eps(call))


def layer_norm(call: Call) -> Tensor:
    """Add a layer norm over the last axes."""
    axes = range(-len(call.ints("normalized_shape")), 0)
    if not axes:
        raise Unfit
    return norms.layer_norm(
        call.network, call.node, call.tensor("input"), axes, _arrays(call, *AFFINE), _eps(call)
    )


def group_norm(call: Call) -> Tensor:
    """Add a group norm."""
    groups = call.integer("num_groups" if "num_groups" in call.args else "group")
    if groups < 1:
        raise Unfit
    arrays = _arrays(call, *AFFINE)
    return norms.group_norm(call.network, call.node, call.tensor("input"), groups, arrays,
                            _eps(call))  # fmt: skip


def instance_norm(call: Call) -> Tensor:
    """Add an instance norm."""
    arrays = _arrays(call, *AFFINE, *STATISTICS)
    return norms.instance_norm(call.network, call.node, call.tensor("input"), arrays, _eps(call))


def rms_norm(call: Call) -> Tensor:
    """Add a norm by the root mean square over the last axis."""
    if len(call.ints("normalized_shape")) != 1:
        raise Unfit
    eps = call.value("eps")
    return norms.rms_norm(
        call.network, call.node, call.tensor("input"), call.optional("weight"),
        eps if isinstance(eps, float) else None,
    )  # fmt: skip


def _arrays(call: Call, *names: str) -> Mapping[str, Constant | None]:
    found = {name: call.optional(name) for name in names if name in call.args}
    if any(array is not None and array.role == "statistic" for array in
           (found.get(name) for name in AFFINE)):  # fmt: skip
        raise Unfit  # a buffer in the place of what is learned
    if any(array is not None and array.role != "statistic" for array in
           (found.get(name) for name in STATISTICS)):  # fmt: skip
        raise Unfit
    return found


def _eps(call: Call) -> float:
    eps = call.value("eps")
    return float(eps) if isinstance(eps, int | float) else norms.EPS


OPERATORS: Mapping[str, Handler] = {
    "batch_norm.default": batch_norm,
    "native_batch_norm.default": batch_norm,
    "_native_batch_norm_legit.default": batch_norm,
    "_native_batch_norm_legit_no_training.default": batch_norm,
    "_native_batch_norm_legit_functional.default": batch_norm,
    "layer_norm.default": layer_norm,
    "native_layer_norm.default": layer_norm,
    "group_norm.default": group_norm,
    "native_group_norm.default": group_norm,
    "instance_norm.default": instance_norm,
    "rms_norm.default": rms_norm,
}
