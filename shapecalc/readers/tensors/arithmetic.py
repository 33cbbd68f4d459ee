"""Functions of single values, and arithmetic with two tensors or a tensor and an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, broadcast

JOINS = ("add", "subtract", "multiply", "maximum")  # kinds that join value by value


def elementwise(
    network: Network, node: Node, kind: str | None, x: Tensor, fields: Mapping[str, Any] = NOTHING
) -> Tensor:
    """Add a function of single values; without a kind an operation that keeps its volume."""
    if kind is None:
        return network.operation(node, [x], [network.shape(x)], kept=x)[0]
    return network.add(node, kind, dict(fields), [x])


def softmax(network: Network, node: Node, kind: str, x: Tensor, axis: int) -> Tensor:
    """Add softmax or log_softmax along an axis of the file: a kind has it along the depth."""
    found = x.counted(axis)
    along = found is not None and found == x.depth
    return elementwise(network, node, kind if along else None, x)


def binary(network: Network, node: Node, function: str, a: Tensor, b: Tensor) -> Tensor:
    """Add a function of two tensors, value by value: of JOINS, or another one by its name."""
    if function in JOINS:
        joined = _joined(network, node, function, a, b)
        if joined is not None:
            return joined
    one, other = network.shape(a), network.shape(b)
    shape = broadcast(one, other)
    kept = a if one is not None and shape is not None and len(shape) == len(one) else None
    if kept is None and shape is not None and other is not None and len(shape) == len(other):
        kept = b
    return network.operation(node, [a, b], [shape], kept=kept)[0]


def _joined(network: Network, node: Node, kind: str, a: Tensor, b: Tensor) -> Tensor | None:
    """Add a merge of two tensors whose axes lie alike; None where they do not."""
    if a.rank is None or b.rank is None or len(a.axes) != len(b.axes):
        return None
    larger = max(a.rank, b.rank)
    one = tuple(axis + larger - a.rank for axis in a.axes)
    other = tuple(axis + larger - b.rank for axis in b.axes)
    if {*one} != {*other}:
        return None
    if one != other:
        order = [axis - (larger - b.rank) for axis in one]
        b = network.in_order(node, b, order)
    long = a if a.rank == larger else b
    return network.add(node, kind, {}, [a, b], rank=long.rank, axes=long.axes)


def with_constant(
    network: Network, node: Node, function: str, x: Tensor, constant: Constant, *, behind: bool
) -> Tensor:
    """Add a function of a tensor and an array; `behind` says that the array is the second one.

    A product or a sum with a number, or with a learned value for each slice, is a scale.
    """
    fields = _scaled(function, constant, behind)
    if fields is None and function in ("multiply", "add"):
        fields = _learned(network, function, x, constant)
        if fields is not None:
            name = "weight" if function == "multiply" else "bias"
            arrays = {name: constant}
            if network.can_hold("scale", arrays):
                return network.add(node, "scale", fields, [x], arrays)
            fields = None
    if fields is not None:
        return network.add(node, "scale", fields, [x])
    sizes = network.shape(x)
    shape = broadcast(sizes, constant.shape)
    kept = x if shape is None or len(shape) == x.rank else None
    return network.operation(node, [x], [shape], [constant], kept=kept)[0]


def _scaled(function: str, constant: Constant, behind: bool) -> dict[str, Any] | None:
    """Return a product or a sum with a number as fields of scale."""
    number = constant.number()
    if number is None or not isfinite(number):
        return None
    if function == "multiply":
        return {"weight": number}
    if function == "add":
        return {"weight": False, "bias": number}
    if function == "subtract":
        return {"weight": False, "bias": -number} if behind else {"weight": -1.0, "bias": number}
    if function == "divide" and behind and number and isfinite(1 / number):
        return {"weight": 1 / number}
    return None


def _learned(
    network: Network, function: str, x: Tensor, constant: Constant
) -> dict[str, Any] | None:
    """Return a product or a sum with a learned value for each slice as fields of scale."""
    D = (network.volume(x) or (None,))[-1]
    if constant.role is None or x.rank is None or D is None or constant.size != D:
        return None
    rank = len(constant.shape)
    along = [axis + x.rank - rank for axis, size in enumerate(constant.shape) if size != 1]
    if rank > x.rank or (along != [x.depth] and D != 1):
        return None
    return {} if function == "multiply" else {"weight": False, "bias": True}


def choice_of(
    network: Network, node: Node, sources: Sequence[Tensor], shapes: Sequence[Shape | None]
) -> Tensor:
    """Add a choice or comparison among several tensors, whose axes of size 1 are stretched."""
    shape = broadcast(*shapes)
    kept = next((s for s in sources if shape is not None and s.rank == len(shape)), None)
    return network.operation(node, sources, [shape], kept=kept)[0]
