"""The field that would make a layer fit the tensors of a weight file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from math import gcd
from typing import Any, NamedTuple

from shapecalc.diagnostics import LayerError
from shapecalc.layers.base import Layer, field_word, show_value
from shapecalc.layers.field_types import Volume
from shapecalc.weights.matching import Pair
from shapecalc.weights.sides import Shape

MOST_VALUES = 24  # that are tried in one field
MOST_FIELDS = 2  # that are changed together
SIZES = ("F",)  # fields whose value is a size for each spatial axis


class Change(NamedTuple):
    """Fields with the values that fit, and the layer with them."""

    fields: Mapping[str, Any]
    layer: Layer

    @property
    def text(self) -> str:
        """The fields as a spec has them, K=128."""
        fields = sorted(self.fields.items(), key=lambda field: field[0] != "K")
        return " ".join(f"{field_word(name)}={show_value(value)}" for name, value in fields)


def wanted_shapes(pair: Pair) -> dict[str, Shape]:
    """Return the shapes that the file has, of the parameters that it has."""
    return {name: shape for name, (_, shape) in pair.held.items()}


def fitting_change(pair: Pair) -> Change | None:
    """Return the one field, or the two, with which the layer has just the file's parameters."""
    layer, inputs = pair.owner.record.layer, pair.owner.record.input
    if layer is None or not inputs or layer.opaque:
        return None
    wanted, beyond = wanted_shapes(pair), [tensor.shape for tensor in pair.unexpected]
    options = _options(layer, wanted, inputs, bool(pair.missing or pair.unexpected))
    for count in range(1, MOST_FIELDS + 1):
        for names in combinations(options, count):
            for values in product(*(options[name] for name in names)):
                changed = layer.model_copy(update=dict(zip(names, values, strict=True)))
                if _has(_shapes(changed, inputs), wanted, beyond):
                    return Change(dict(zip(names, values, strict=True)), changed)
    return None


def _has(
    shapes: Mapping[str, Shape] | None, wanted: Mapping[str, Shape], beyond: Sequence[Shape]
) -> bool:
    """Say whether parameters are those wanted, with some shapes beyond them."""
    if shapes is None or len(shapes) != len(wanted) + len(beyond):
        return False
    others = [shape for name, shape in shapes.items() if name not in wanted]
    return wanted.items() <= shapes.items() and sorted(others) == sorted(beyond)


def fitting_switch(pair: Pair) -> str | None:
    """Return the switch, such as bias=true, with which the layer has the parameters that the file
    has, whatever their shapes; None where none does.
    """
    layer, inputs = pair.owner.record.layer, pair.owner.record.input
    if layer is None or not inputs or layer.opaque:
        return None
    for name in type(layer).model_fields:
        value = getattr(layer, name)
        if isinstance(value, bool):
            found = _shapes(layer.model_copy(update={name: not value}), inputs) or {}
            others = len(found) - len(pair.held)
            if found.keys() >= pair.held.keys() and others == len(pair.unexpected):
                return f"{field_word(name)}={show_value(not value)}"
    return None


def fitting_depth(pair: Pair) -> int | None:
    """Return the depth of the input that the file's weights are for; None where none fits."""
    layer, inputs = pair.owner.record.layer, pair.owner.record.input
    if layer is None or not inputs or layer.opaque or len(inputs) > 1:
        return None
    wanted = wanted_shapes(pair)
    if wanted.keys() != pair.owner.shapes.keys():
        return None
    front = inputs[0][:-1]
    for size in _sizes(wanted, inputs):
        if _shapes(layer, [(*front, size)]) == wanted:
            return size
    return None


def _shapes(layer: Layer, inputs: Sequence[Volume]) -> dict[str, Shape] | None:
    try:
        found = layer.parameters(inputs)
    except (LayerError, ArithmeticError, TypeError, ValueError):  # of a value that is none for it
        return None
    return {name: own.shape for name, own in found.items()}


def _options(
    layer: Layer, wanted: Mapping[str, Shape], inputs: Sequence[Volume], flips: bool
) -> dict[str, list[Any]]:
    """Return values to try for each field that may decide on shapes."""
    options: dict[str, list[Any]] = {}
    for name in type(layer).model_fields:
        value = getattr(layer, name)
        if isinstance(value, bool):
            if flips:
                options[name] = [not value]
        elif name in SIZES:
            options[name] = [_as_field(size) for size in _windows(wanted, len(inputs[0]) - 1)]
        elif isinstance(value, int):
            options[name] = [size for size in _sizes(wanted, inputs) if size != value]
    return options


def _sizes(wanted: Mapping[str, Shape], inputs: Sequence[Volume]) -> list[int]:
    """Return sizes of axes, and what divides the depth by them, as groups do."""
    sizes = [size for shape in wanted.values() for size in shape if size]
    D = inputs[0][-1]
    parts = [D // size for size in sizes if D % size == 0]
    parts += [size // D for size in sizes if size % D == 0]
    parts += [gcd(size, D) for size in sizes]
    products = [size * D // part for size in sizes for part in sizes if size * D % part == 0]
    return list(dict.fromkeys((*sizes, *parts, *products)))[:MOST_VALUES]


def _windows(wanted: Mapping[str, Shape], rank: int) -> list[Shape]:
    """Return the last axes of shapes that have as many spatial ones, and two of filters."""
    return list(dict.fromkeys(shape[2:] for shape in wanted.values() if len(shape) == rank + 2))


def _as_field(sizes: Shape) -> Any:
    """Return a window's sizes as one number where all axes have it."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
