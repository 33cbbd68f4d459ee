"""Operators that reduce axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shapecalc.readers.onnx.evaluation.arrays import (
    Array,
    Given,
    OfArrays,
    Shape,
    Values,
    axes_of,
    computed,
    present,
    sized,
)
from shapecalc.readers.onnx.evaluation.reshaping import transpose


def reduced(shape: Shape, given: Given) -> tuple[Shape, list[int]]:
    """Return the shape after a reduction, and the axes that it is over. Raises Unfit."""
    axes = given.get("axes")
    if not axes:
        if given.get("noop_with_empty_axes") == 1:
            return shape, []
        axes = None
    over = axes_of(axes, len(shape))
    keep = given.get("keepdims", 1) == 1
    sizes = [1 if n in over else size for n, size in enumerate(shape) if keep or n not in over]
    return tuple(sizes), over


def reduction(function: Callable[[Values], Any]) -> OfArrays:
    """Return an operator that reduces axes by a function of a list."""

    def evaluate(arrays: Sequence[Array | None], given: Given) -> Array:
        array = present(arrays[:1])[0]
        shape, over = reduced(array.shape, given)
        if array.values is None or None in array.shape:
            return array._replace(shape=shape, values=None)
        kept = [axis for axis in range(len(array.shape)) if axis not in over]
        rows = transpose([array], {"perm": [*kept, *over]}) if array.shape else array
        size = sized(tuple(array.shape[axis] for axis in over)) or 0
        listed = rows.values or []
        count = sized(tuple(array.shape[axis] for axis in kept)) or 0
        groups = [listed[n * size : (n + 1) * size] for n in range(count)]
        values = [computed(lambda *all_: function(list(all_)), group) for group in groups]
        return array._replace(shape=shape, values=values)

    return evaluate
