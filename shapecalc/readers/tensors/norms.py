"""Norms. Arrays that a norm has not are None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Tensor

EPS = 1e-5
Arrays = Mapping[str, Constant | None]
SWITCHES = {"weight": "scale", "bias": "center"}  # fields that say that a norm has no such array


def batch_norm(
    network: Network, node: Node, x: Tensor, arrays: Arrays, eps: float = EPS, depth: int = 1
) -> Tensor:
    """Add a batch norm; `arrays` has weight, bias, running_mean and running_var."""
    found = network.with_depth(node, x, depth)
    has_statistics = all(arrays.get(name) is not None for name in ("running_mean", "running_var"))
    if found is None or not has_statistics:
        return _as_it_is(network, node, x, arrays)
    return _norm(network, node, "batch_norm", {}, found, arrays, eps)


def layer_norm(
    network: Network, node: Node, x: Tensor, axes: Sequence[int], arrays: Arrays, eps: float = EPS
) -> Tensor:
    """Add a layer norm over some axes of the file: over the depth, or over all but the batch."""
    found = network.with_depth(node, x, axes[0]) if len(axes) == 1 else None
    if found is not None:
        return _norm(network, node, "layer_norm", {}, found, arrays, eps)
    if len(x.axes) > 1 and {x.counted(axis) for axis in axes} == {*x.axes}:
        return _norm(network, node, "layer_norm", {"over": "all"}, x, arrays, eps)
    return _as_it_is(network, node, x, arrays)


def group_norm(
    network: Network, node: Node, x: Tensor, groups: int, arrays: Arrays, eps: float = EPS
) -> Tensor:
    """Add a group norm along axis 1 of the file."""
    found = network.with_depth(node, x, 1)
    if found is None or len(found.axes) < 2:
        return _as_it_is(network, node, x, arrays)
    return _norm(network, node, "group_norm", {"groups": groups}, found, arrays, eps)


def instance_norm(
    network: Network, node: Node, x: Tensor, arrays: Arrays, eps: float = EPS
) -> Tensor:
    """Add an instance norm along axis 1 of the file; one that keeps statistics has no kind."""
    found = network.with_depth(node, x, 1)
    keeps = any(array is not None and array.role == "statistic" for array in arrays.values())
    if found is None or len(found.axes) < 2 or keeps:
        return _as_it_is(network, node, x, arrays)
    return _norm(network, node, "instance_norm", {}, found, arrays, eps)


def rms_norm(
    network: Network, node: Node, x: Tensor, weight: Constant | None, eps: float | None
) -> Tensor:
    """Add a norm by the root mean square over the file's last axis."""
    found = network.with_depth(node, x, -1)
    arrays = {} if weight is None else {"weight": weight}
    if found is None or not network.can_hold("rms_norm", arrays):
        return _as_it_is(network, node, x, arrays)
    fields: dict[str, Any] = {} if eps is None else {"eps": eps}
    if weight is None:
        fields["weight"] = False
    return network.add(node, "rms_norm", fields, [found], arrays)


def lrn(network: Network, node: Node, x: Tensor, fields: dict[str, Any], depth: int = 1) -> Tensor:
    """Add a local response normalization across the depth."""
    found = network.with_depth(node, x, depth)
    if found is None or len(found.axes) < 2:
        return network.operation(node, [x], [network.shape(x)], kept=x)[0]
    return network.add(node, "lrn", fields, [found])


def _norm(
    network: Network,
    node: Node,
    kind: str,
    fields: dict[str, Any],
    x: Tensor,
    arrays: Arrays,
    eps: float,
) -> Tensor:
    """Add a norm with the arrays that it has."""
    own = {name: array for name, array in arrays.items() if array is not None}
    if len({array.size for array in own.values()}) > 1 or not network.can_hold(kind, own):
        return _as_it_is(network, node, x, arrays)
    absent = [field for name, field in SWITCHES.items() if name not in own]
    fields |= {"affine": False} if len(absent) == len(SWITCHES) else dict.fromkeys(absent, False)
    if eps != EPS and eps > 0:
        fields["eps"] = eps
    value = network.add(node, kind, fields, [x], own)
    weight = own.get("weight")
    if weight is not None:
        network.claim_weights(value, weight)
    return value


def _as_it_is(network: Network, node: Node, x: Tensor, arrays: Arrays) -> Tensor:
    """Add a norm that has no kind, with its arrays."""
    own = [array for array in arrays.values() if array is not None]
    return network.operation(node, [x], [network.shape(x)], own, kept=x)[0]
