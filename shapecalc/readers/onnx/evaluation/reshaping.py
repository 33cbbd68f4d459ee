"""Operators that give an array another shape, and those whose shape alone counts."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from shapecalc.readers.onnx.evaluation.arrays import (
    Array,
    Given,
    Shape,
    Unfit,
    axes_of,
    broadcast,
    is_small,
    picked,
    present,
    result,
    sized,
    spread,
    strides,
    vector,
)
from shapecalc.readers.onnx.model import FLOAT, FLOATING, INT64, Tensor


def shape_of(shape: Shape, given: Given) -> Array:
    """Return what the operator Shape gives of an array."""
    start, end = given.get("start", 0), given.get("end")
    if type(start) is not int or type(end) not in (int, NoneType):
        return Array((None,), INT64)
    return vector(shape[start:end])


def size_of(arrays: Sequence[Array | None], given: Given) -> Array:
    """Size: how many values an array has."""
    return Array((), INT64, [sized(present(arrays)[0].shape)])


def identity(arrays: Sequence[Array | None], given: Given) -> Array:
    """Identity: the array itself."""
    return present(arrays[:1])[0]


def constant_of_shape(arrays: Sequence[Array | None], given: Given) -> Array:
    """ConstantOfShape: an array of one value."""
    sizes = given.get("shape")
    if not isinstance(sizes, list):
        raise Unfit
    if any(size is not None and size < 0 for size in sizes):
        raise Unfit
    filled = given.get("value")
    data_type = FLOAT
    value: Any = 0.0
    if isinstance(filled, Tensor):
        data_type, value = filled.data_type, filled.values[0] if filled.values else None
    shape = tuple(sizes)
    few = is_small(shape) and (data_type not in FLOATING or sized(shape) == 1)
    return result(shape, data_type, [value] * (sized(shape) or 0) if few else None)


def reshaped(shape: Shape, target: Sequence[Any], allow_zero: bool) -> Shape:
    """Return a reshape's shape: 0 keeps a size, -1 is what is left over. Raises Unfit."""
    sizes: list[int | None] = []
    for axis, size in enumerate(target):
        keeps = size == 0 and not allow_zero
        if keeps and axis >= len(shape):
            raise Unfit
        sizes.append(shape[axis] if keeps else size)
    if sizes.count(-1) > 1 or any(size is not None and size < -1 for size in sizes):
        raise Unfit
    if -1 in sizes:
        place = sizes.index(-1)
        sizes[place] = None
        rest = sizes[:place] + sizes[place + 1 :]
        if None not in rest and None not in shape:
            known, total = sized(tuple(rest)) or 0, sized(shape) or 0
            if not known or total % known:
                raise Unfit
            sizes[place] = total // known
    return tuple(sizes)


def reshape(arrays: Sequence[Array | None], given: Given) -> Array:
    """Reshape: the same values in another shape."""
    array = present(arrays[:1])[0]
    shape = reshaped(array.shape, given["shape"], given.get("allowzero") == 1)
    values = array.values if sized(shape) == sized(array.shape) else None
    return result(shape, array.data_type, values)


def flatten(arrays: Sequence[Array | None], given: Given) -> Array:
    """Flatten: two axes, those before a place and those from it on."""
    array = present(arrays)[0]
    axis = given.get("axis", 1)
    axis += len(array.shape) if axis < 0 else 0
    shape = (sized(array.shape[:axis]), sized(array.shape[axis:]))
    return array._replace(shape=shape)


def squeezed(shape: Shape, axes: Any) -> Shape:
    """Return a shape without some axes of size 1: all of them where none are named."""
    gone = axes_of(axes, len(shape)) if axes is not None else None
    if gone is None:
        return tuple(size for size in shape if size != 1)
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


def unsqueezed(shape: Shape, axes: Any) -> Shape:
    """Return a shape with axes of size 1 at places counted in what comes out. Raises Unfit."""
    rank = len(shape) + len(axes)
    places = axes_of(axes, rank)
    left = iter(shape)
    return tuple(1 if axis in places else next(left) for axis in range(rank))


def squeeze(arrays: Sequence[Array | None], given: Given) -> Array:
    """Squeeze: without axes of size 1."""
    array = present(arrays[:1])[0]
    return array._replace(shape=squeezed(array.shape, given.get("axes")))


def unsqueeze(arrays: Sequence[Array | None], given: Given) -> Array:
    """Unsqueeze: with further axes of size 1."""
    array = present(arrays[:1])[0]
    return result(unsqueezed(array.shape, given["axes"]), array.data_type, array.values)


def transpose(arrays: Sequence[Array | None], given: Given) -> Array:
    """Transpose: axes in another order, reversed where none is given."""
    array = present(arrays)[0]
    rank = len(array.shape)
    order = given.get("perm") or list(range(rank))[::-1]
    if sorted(order) != list(range(rank)):
        raise Unfit
    shape = tuple(array.shape[axis] for axis in order)
    if array.values is None or None in shape:
        return array._replace(shape=shape, values=None)
    steps = strides(array.shape)
    index = [0]
    for axis in order:
        step = steps[axis]
        index = [place + step * n for place in index for n in range(array.shape[axis] or 0)]
    return array._replace(shape=shape, values=[array.values[place] for place in index])


def expand(arrays: Sequence[Array | None], given: Given) -> Array:
    """Expand: axes of size 1 stretched."""
    array = present(arrays[:1])[0]
    shape = broadcast([array.shape, tuple(given["shape"])])
    values = array.values
    if values is not None:
        values = spread(values, array.shape, shape) if is_small(shape) else None
    return result(shape, array.data_type, values)


def tile(arrays: Sequence[Array | None], given: Given) -> Array:
    """Tile: an array repeated along its axes."""
    array = present(arrays[:1])[0]
    times = given["repeats"]
    if len(times) != len(array.shape):
        raise Unfit
    shape = tuple(
        None if size is None or by is None else size * by
        for size, by in zip(array.shape, times, strict=True)
    )
    if not is_small(shape):
        return array._replace(shape=shape, values=None)
    places = [[*range(size or 0)] * by for size, by in zip(array.shape, times, strict=True)]
    return picked(array, places, shape)


def without_values(arrays: Sequence[Array | None], given: Given) -> Array:
    """What keeps the shape: its values are no sizes."""
    return present(arrays[:1])[0]._replace(values=None)


def matrix_product(arrays: Sequence[Array | None], given: Given) -> Array:
    """MatMul of matrices, and of stacks of them."""
    one, other = present(arrays)
    if len(one.shape) < 2 or len(other.shape) < 2:
        raise Unfit
    front = broadcast([one.shape[:-2], other.shape[:-2]])
    return result((*front, one.shape[-2], other.shape[-1]), one.data_type, None)
