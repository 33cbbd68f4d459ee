"""The small arrays that operators take and give, and what all operators need of them.

Values are Python numbers in row-major order. A size that is left open is a value of None, and so is
all that follows from it. Of an array with many values, or of weights, the shape alone is known.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

from shapecalc.readers.onnx.model import INT64, MOST_AXES, MOST_VALUES

Shape = tuple[int | None, ...]
Values = list[Any]
Given = Mapping[str, Any]
WIDEST = 2**63


class Array(NamedTuple):
    """An array: its shape, its type as the file has it, its values where they are known."""

    shape: Shape
    data_type: int
    values: Values | None = None


OfArrays = Callable[[Sequence[Array | None], Given], Array]


class Unfit(Exception):
    """Arrays that an operator does not take."""


def vector(values: Iterable[int | None]) -> Array:
    """Return whole numbers as an array of one axis."""
    listed = list(values)
    return Array((len(listed),), INT64, listed)


def sized(shape: Shape) -> int | None:
    """Return how many values a shape has; None where a size is not known."""
    return None if None in shape else prod(shape)  # type: ignore[arg-type]


def is_small(shape: Shape) -> bool:
    """Say whether the values of a shape are few; a vector may have none."""
    if not shape:
        return True
    if len(shape) == 1:
        size = shape[0]
        return size is not None and size <= MOST_VALUES
    size = sized(shape)
    return size is not None and 0 < size <= MOST_VALUES


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape that arrays have together, whose axes of size 1 are stretched.

    Raises Unfit.
    """
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return first
    rank = max(map(len, shapes))
    sizes: list[int | None] = []
    for axis in zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True):
        large = {size for size in axis if size not in (1, None)}
        if len(large) > 1:
            raise Unfit
        sizes.append(large.pop() if large else None if None in axis else 1)
    return tuple(sizes)


def spread(values: Values, shape: Shape, target: Shape) -> Values:
    """Return values stretched to a larger shape; all sizes are known."""
    if shape == target:
        return values
    if len(values) == 1:
        return values * (sized(target) or 0)
    index = [0]
    for size, own in zip(target, (1,) * (len(target) - len(shape)) + shape, strict=True):
        assert size is not None
        steps = range(size) if own != 1 else (0,) * size
        index = [place * (own or 0) + step for place in index for step in steps]
    return [values[place] for place in index]


def picked(array: Array, places: Sequence[Sequence[int]], shape: Shape) -> Array:
    """Return some places of every axis of an array, in a new shape."""
    size = prod(map(len, places))
    if array.values is None or size > MOST_VALUES:
        return array._replace(shape=shape, values=None)
    index = [0]
    for own, axis in zip(array.shape, places, strict=True):
        assert own is not None
        index = [place * own + step for place in index for step in axis]
    return array._replace(shape=shape, values=[array.values[place] for place in index])


def strides(shape: Shape) -> list[int]:
    """Return by how many values the places of an axis lie apart, for each."""
    known = [size or 0 for size in shape]
    return [*accumulate(known[:0:-1], operator.mul, initial=1)][::-1] if shape else []


def axis_of(axis: Any, rank: int) -> int:
    """Return an axis counted from the front. Raises Unfit."""
    if type(axis) is not int or not -rank <= axis < rank:
        raise Unfit
    return axis % rank


def axes_of(axes: Any, rank: int) -> list[int]:
    """Return axes counted from the front; all where none are named. Raises Unfit."""
    if axes is None:
        return list(range(rank))
    if not isinstance(axes, list | tuple):
        raise Unfit
    return [axis_of(axis, rank) for axis in axes]


def present(arrays: Sequence[Array | None]) -> list[Array]:
    """Return arrays that must all be known. Raises Unfit."""
    found = [array for array in arrays if array is not None]
    if len(found) < len(arrays) or not found:
        raise Unfit
    return found


def result(shape: Shape, data_type: int, values: Values | None) -> Array:
    """Return an array, without values that are not those of its shape."""
    if len(shape) > MOST_AXES:
        raise Unfit
    return Array(shape, data_type, values)


def _bounded(value: Any) -> Any:
    """Return a number, or None for one that is longer than a file's numbers."""
    if type(value) is int and not -WIDEST <= value < WIDEST:
        return None
    return None if type(value) is complex else value


def computed(function: Callable[..., Any], numbers: Sequence[Any]) -> Any:
    """Return what a function gives; None where a number is not known, or it gives none."""
    if None in numbers:
        return None
    try:
        return _bounded(function(*numbers))
    except (ArithmeticError, ValueError):
        return None
