"""Operators that take parts of arrays, or put parts together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from types import NoneType
from typing import Any

from shapecalc.readers.onnx.evaluation.arrays import (
    Array,
    Given,
    Shape,
    Unfit,
    Values,
    axes_of,
    axis_of,
    is_small,
    picked,
    present,
    result,
    sized,
    strides,
)
from shapecalc.readers.onnx.model import INT64


def concat(arrays: Sequence[Array | None], given: Given) -> Array:
    """Concat: arrays one behind the other along an axis."""
    found = present(arrays)
    rank = len(found[0].shape)
    axis = axis_of(given.get("axis", 1), rank)
    if any(len(array.shape) != rank for array in found):
        raise Unfit
    sizes = [array.shape[axis] for array in found]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    shape = (*found[0].shape[:axis], total, *found[0].shape[axis + 1 :])
    data_type = found[0].data_type
    if not is_small(shape) or any(array.values is None for array in found):
        return Array(shape, data_type)
    if rank == 1:
        return Array(shape, data_type, [*chain.from_iterable(a.values or () for a in found)])
    inner = sized(shape[axis + 1 :]) or 0
    values: Values = []
    for place in range(sized(shape[:axis]) or 0):
        for array, size in zip(found, sizes, strict=True):
            width = (size or 0) * inner
            values += (array.values or [])[place * width : (place + 1) * width]
    return Array(shape, data_type, values)


def gather(arrays: Sequence[Array | None], given: Given) -> Array:
    """Gather: the places of an axis that an index names."""
    array, index = present(arrays)
    axis = axis_of(given.get("axis", 0), len(array.shape))
    shape = (*array.shape[:axis], *index.shape, *array.shape[axis + 1 :])
    size = array.shape[axis]
    if index.values is None or array.values is None or not is_small(shape) or size is None:
        return result(shape, array.data_type, None)
    width = sized(array.shape[axis + 1 :]) or 0
    values: Values = []
    for front in range(sized(array.shape[:axis]) or 0):
        for place in index.values:
            if place is None:
                values += [None] * width
                continue
            begin = (front * size + axis_of(place, size)) * width
            values += array.values[begin : begin + width]
    return result(shape, array.data_type, values)


def cut(size: int | None, start: Any, stop: Any, step: Any) -> range | None:
    """Return the places of an axis that Slice takes; None where they are not known."""
    if size is None or start is None or stop is None or step is None or step == 0:
        return None
    if step < 0 and stop < -size:
        stop = None  # to the beginning and with it
    return range(size)[slice(start, stop, step)]


def sliced(shape: Shape, given: Given) -> list[range | None]:
    """Return which places of every axis Slice takes; None where that is not known. Raises Unfit."""
    starts, ends = given.get("starts"), given.get("ends")
    if not isinstance(starts, list) or not isinstance(ends, list):
        raise Unfit
    axes = axes_of(given.get("axes") or list(range(len(starts))), len(shape))
    steps = given.get("steps") or [1] * len(starts)
    if not isinstance(steps, list) or not len(starts) == len(ends) == len(axes) == len(steps):
        raise Unfit
    if not {*map(type, (*starts, *ends, *steps))} <= {int, NoneType}:
        raise Unfit
    places = [None if size is None else range(size) for size in shape]
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        places[axis] = cut(shape[axis], start, end, step)
    return places


def slice_of(arrays: Sequence[Array | None], given: Given) -> Array:
    """Slice: some places of axes."""
    array = present(arrays[:1])[0]
    places = sliced(array.shape, given)
    known = [place for place in places if place is not None]
    shape = tuple(None if place is None else len(place) for place in places)
    if len(known) < len(places):
        return array._replace(shape=shape, values=None)
    return picked(array, known, shape)


def parts_of(size: int | None, given: Given, outputs: int) -> list[int | None]:
    """Return the sizes of the parts that Split cuts an axis into."""
    sizes = given.get("split")
    if isinstance(sizes, list):
        return sizes
    if size is None:
        return [None] * outputs
    part = -(-size // max(outputs, 1))
    return [max(min(part, size - n * part), 0) for n in range(outputs)]


def split(arrays: Sequence[Array | None], given: Given) -> list[Array]:
    """Split: an axis cut into parts."""
    array = present(arrays[:1])[0]
    axis = axis_of(given.get("axis", 0), len(array.shape))
    sizes = parts_of(array.shape[axis], given, given["outputs"])
    parts, start = [], 0
    for size in sizes:
        shape = (*array.shape[:axis], size, *array.shape[axis + 1 :])
        if size is None or None in array.shape:
            parts.append(array._replace(shape=shape, values=None))
            continue
        places: list[Sequence[int]] = [range(own or 0) for own in array.shape]
        places[axis] = range(start, start + size)
        parts.append(picked(array, places, shape))
        start += size
    return parts


def scatter(arrays: Sequence[Array | None], given: Given) -> Array:
    """ScatterND: an array with updates written at the places of an index."""
    array, index, updates = present(arrays)
    if array.values is None or index.values is None or updates.values is None:
        return array._replace(values=None)
    if None in index.values or not index.shape or None in index.shape:
        return array._replace(values=None)
    depth = index.shape[-1] or 0
    width = sized(array.shape[depth:])
    if not depth or width is None:
        return array._replace(values=None)
    values = list(array.values)
    steps = strides(array.shape)
    for number in range(len(index.values) // depth):
        place = index.values[number * depth : (number + 1) * depth]
        begin = sum(
            axis_of(n, size or 0) * step
            for n, size, step in zip(place, array.shape, steps, strict=False)
        )
        values[begin : begin + width] = updates.values[number * width : (number + 1) * width]
    return array._replace(values=values) if len(values) == len(array.values) else array


def nonzero(arrays: Sequence[Array | None], given: Given) -> Array:
    """NonZero: the places of values that are not 0, an axis of the array in each row."""
    array = present(arrays)[0]
    rank = len(array.shape)
    if array.values is None or None in array.values or None in array.shape:
        return Array((rank, None), INT64)
    steps = strides(array.shape)
    found = [place for place, value in enumerate(array.values) if value]
    values = [
        place // step % (size or 1)
        for step, size in zip(steps, array.shape, strict=True)
        for place in found
    ]
    return Array((rank, len(found)), INT64, values)
