"""Evaluates operators on small arrays: the arithmetic of shapes in a graph.

Values are Python numbers in row-major order. A size that is left open is a value of None, and so is
all that follows from it. Of an array with many values, or of weights, the shape alone is known.
What operators do: https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, chain
from math import prod
from types import NoneType
from typing import Any, NamedTuple

from shapecalc.readers.onnx.model import (
    ALL_VALUES,
    BOOL,
    FLOAT,
    FLOATING,
    INT64,
    MOST_AXES,
    MOST_VALUES,
    Tensor,
)

Shape = tuple[int | None, ...]
Values = list[Any]
Given = Mapping[str, Any]
WIDEST = 2**63
LARGEST_EXPONENT = 64  # of a whole number: powers beyond are no sizes


class Array(NamedTuple):
    """An array: its shape, its type as the file has it, its values where they are known."""

    shape: Shape
    data_type: int
    values: Values | None = None


_OfArrays = Callable[[Sequence[Array | None], Given], Array]


class Unfit(Exception):
    """Arrays that an operator does not take."""


class Evaluator:
    """Computes what operators give; of all together no more values than ALL_VALUES."""

    def __init__(self) -> None:
        self.left = ALL_VALUES

    def evaluate(self, op: str, arrays: Sequence[Array | None], given: Given) -> list[Array]:
        """Return what an operator gives for arrays that are known, [] where that is not known.

        `given` are its arguments. An array that is left out, or of which nothing is known, is None.
        """
        function = OPERATORS.get(op)
        if function is None:
            return []
        known = [
            array if array is None or array.values is None or _few(array.shape)
            else array._replace(values=None)
            for array in arrays
        ]  # fmt: skip
        try:
            found = function(known, given)
        except (Unfit, ArithmeticError, LookupError, TypeError, ValueError):
            return []  # what does not fit together: nothing follows from it
        outputs = found if isinstance(found, list) else [found]
        for array in outputs:
            if array.values is not None:
                self.left -= len(array.values)
        if self.left < 0:
            return [array._replace(values=None) for array in outputs]
        return outputs


def vector(values: Iterable[int | None]) -> Array:
    """Return whole numbers as an array of one axis."""
    listed = list(values)
    return Array((len(listed),), INT64, listed)


def shape_of(shape: Shape, given: Given) -> Array:
    """Return what the operator Shape gives of an array."""
    start, end = given.get("start", 0), given.get("end")
    if type(start) is not int or type(end) not in (int, NoneType):
        return Array((None,), INT64)
    return vector(shape[start:end])


def sized(shape: Shape) -> int | None:
    """Return how many values a shape has; None where a size is not known."""
    return None if None in shape else prod(shape)  # type: ignore[arg-type]


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


def cut(size: int | None, start: Any, stop: Any, step: Any) -> range | None:
    """Return the places of an axis that Slice takes; None where they are not known."""
    if size is None or start is None or stop is None or step is None or step == 0:
        return None
    if step < 0 and stop < -size:
        stop = None  # to the beginning and with it
    return range(size)[slice(start, stop, step)]


def _present(arrays: Sequence[Array | None]) -> list[Array]:
    """Return arrays that must all be known. Raises Unfit."""
    found = [array for array in arrays if array is not None]
    if len(found) < len(arrays) or not found:
        raise Unfit
    return found


def _result(shape: Shape, data_type: int, values: Values | None) -> Array:
    """Return an array, without values that are not those of its shape."""
    if len(shape) > MOST_AXES:
        raise Unfit
    return Array(shape, data_type, values)


def _few(shape: Shape) -> bool:
    """Say whether the values of a shape are few; a vector may have none."""
    if not shape:
        return True
    if len(shape) == 1:
        size = shape[0]
        return size is not None and size <= MOST_VALUES
    size = sized(shape)
    return size is not None and 0 < size <= MOST_VALUES


# -- value by value --------------------------------------------------------------------------------


def _bounded(value: Any) -> Any:
    """Return a number, or None for one that is longer than a file's numbers."""
    if type(value) is int and not -WIDEST <= value < WIDEST:
        return None
    return None if type(value) is complex else value


def _computed(function: Callable[..., Any], numbers: Sequence[Any]) -> Any:
    """Return what a function gives; None where a number is not known, or it gives none."""
    if None in numbers:
        return None
    try:
        return _bounded(function(*numbers))
    except (ArithmeticError, ValueError):
        return None


def _each(function: Callable[..., Any], gives: int | None = None) -> _OfArrays:
    """Return an operator that works value by value; `gives` is its type where it has one."""

    def evaluate(arrays: Sequence[Array | None], given: Given) -> Array:
        found = _present(arrays)
        shape = broadcast([array.shape for array in found])
        data_type = found[0].data_type if gives is None else gives
        values = None
        if _few(shape) and all(array.values is not None for array in found):
            stretched = [spread(array.values or [], array.shape, shape) for array in found]
            values = [_computed(function, numbers) for numbers in zip(*stretched, strict=True)]
        return _result(shape, data_type, values)

    return evaluate


def _divided(a: Any, b: Any) -> Any:
    """Whole numbers are divided towards 0."""
    if type(a) is int and type(b) is int:
        quotient = abs(a) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient
    return a / b


def _power(a: Any, b: Any) -> Any:
    if type(a) is int and type(b) is int and abs(a) > 1 and b > LARGEST_EXPONENT:
        return None
    return a**b


def _mod(arrays: Sequence[Array | None], given: Given) -> Array:
    function = math.fmod if given.get("fmod") == 1 else operator.mod
    found = _each(function)(arrays, given)
    if found.data_type not in FLOATING and found.values is not None:
        whole = [None if value is None else int(value) for value in found.values]
        return found._replace(values=whole)
    return found


def _cast(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    to = given.get("to", array.data_type)
    if len(arrays) > 1 and arrays[1] is not None:  # CastLike
        to = arrays[1].data_type
    function = float if to in FLOATING else bool if to == BOOL else int
    if array.values is None:
        return array._replace(data_type=to)
    return array._replace(
        data_type=to, values=[_computed(function, (value,)) for value in array.values]
    )


def _where(arrays: Sequence[Array | None], given: Given) -> Array:
    condition, one, other = _present(arrays)
    shape = broadcast([condition.shape, one.shape, other.shape])
    values = None
    if _few(shape) and condition.values is not None:
        yes, no = (
            spread(array.values or [None], array.shape if array.values else (1,), shape)
            for array in (one, other)
        )
        asked = spread(condition.values, condition.shape, shape)
        values = [
            a if a == b or c else b if c is not None else None
            for c, a, b in zip(asked, yes, no, strict=True)
        ]
    return _result(shape, one.data_type, values)


def _range(arrays: Sequence[Array | None], given: Given) -> Array:
    start, limit, delta = (array.values[0] if array.values else None for array in _present(arrays))
    data_type = arrays[0].data_type if arrays[0] else INT64
    if start is None or limit is None or delta is None:
        return Array((None,), data_type)
    count = max(math.ceil((limit - start) / delta), 0)
    few = count <= MOST_VALUES
    return Array((count,), data_type, [start + n * delta for n in range(count)] if few else None)


# -- shapes ----------------------------------------------------------------------------------------


def _size(arrays: Sequence[Array | None], given: Given) -> Array:
    return Array((), INT64, [sized(_present(arrays)[0].shape)])


def _identity(arrays: Sequence[Array | None], given: Given) -> Array:
    return _present(arrays[:1])[0]


def _constant_of_shape(arrays: Sequence[Array | None], given: Given) -> Array:
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
    few = _few(shape) and (data_type not in FLOATING or sized(shape) == 1)
    return _result(shape, data_type, [value] * (sized(shape) or 0) if few else None)


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


def _reshape(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    shape = reshaped(array.shape, given["shape"], given.get("allowzero") == 1)
    values = array.values if sized(shape) == sized(array.shape) else None
    return _result(shape, array.data_type, values)


def _flatten(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays)[0]
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


def _squeeze(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    return array._replace(shape=squeezed(array.shape, given.get("axes")))


def _unsqueeze(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    return _result(unsqueezed(array.shape, given["axes"]), array.data_type, array.values)


def _transpose(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays)[0]
    rank = len(array.shape)
    order = given.get("perm") or list(range(rank))[::-1]
    if sorted(order) != list(range(rank)):
        raise Unfit
    shape = tuple(array.shape[axis] for axis in order)
    if array.values is None or None in shape:
        return array._replace(shape=shape, values=None)
    steps = _strides(array.shape)
    index = [0]
    for axis in order:
        step = steps[axis]
        index = [place + step * n for place in index for n in range(array.shape[axis] or 0)]
    return array._replace(shape=shape, values=[array.values[place] for place in index])


def _strides(shape: Shape) -> list[int]:
    """Return by how many values the places of an axis lie apart, for each."""
    known = [size or 0 for size in shape]
    return [*accumulate(known[:0:-1], operator.mul, initial=1)][::-1] if shape else []


def _expand(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    shape = broadcast([array.shape, tuple(given["shape"])])
    values = array.values
    if values is not None:
        values = spread(values, array.shape, shape) if _few(shape) else None
    return _result(shape, array.data_type, values)


def _tile(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
    times = given["repeats"]
    if len(times) != len(array.shape):
        raise Unfit
    shape = tuple(
        None if size is None or by is None else size * by
        for size, by in zip(array.shape, times, strict=True)
    )
    if not _few(shape):
        return array._replace(shape=shape, values=None)
    places = [[*range(size or 0)] * by for size, by in zip(array.shape, times, strict=True)]
    return picked(array, places, shape)


# -- parts -----------------------------------------------------------------------------------------


def _concat(arrays: Sequence[Array | None], given: Given) -> Array:
    found = _present(arrays)
    rank = len(found[0].shape)
    axis = axis_of(given.get("axis", 1), rank)
    if any(len(array.shape) != rank for array in found):
        raise Unfit
    sizes = [array.shape[axis] for array in found]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    shape = (*found[0].shape[:axis], total, *found[0].shape[axis + 1 :])
    data_type = found[0].data_type
    if not _few(shape) or any(array.values is None for array in found):
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


def _gather(arrays: Sequence[Array | None], given: Given) -> Array:
    array, index = _present(arrays)
    axis = axis_of(given.get("axis", 0), len(array.shape))
    shape = (*array.shape[:axis], *index.shape, *array.shape[axis + 1 :])
    size = array.shape[axis]
    if index.values is None or array.values is None or not _few(shape) or size is None:
        return _result(shape, array.data_type, None)
    width = sized(array.shape[axis + 1 :]) or 0
    values: Values = []
    for front in range(sized(array.shape[:axis]) or 0):
        for place in index.values:
            if place is None:
                values += [None] * width
                continue
            begin = (front * size + axis_of(place, size)) * width
            values += array.values[begin : begin + width]
    return _result(shape, array.data_type, values)


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


def _slice(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays[:1])[0]
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


def _split(arrays: Sequence[Array | None], given: Given) -> list[Array]:
    array = _present(arrays[:1])[0]
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


def _scatter(arrays: Sequence[Array | None], given: Given) -> Array:
    array, index, updates = _present(arrays)
    if array.values is None or index.values is None or updates.values is None:
        return array._replace(values=None)
    if None in index.values or not index.shape or None in index.shape:
        return array._replace(values=None)
    depth = index.shape[-1] or 0
    width = sized(array.shape[depth:])
    if not depth or width is None:
        return array._replace(values=None)
    values = list(array.values)
    steps = _strides(array.shape)
    for number in range(len(index.values) // depth):
        place = index.values[number * depth : (number + 1) * depth]
        begin = sum(
            axis_of(n, size or 0) * step
            for n, size, step in zip(place, array.shape, steps, strict=False)
        )
        values[begin : begin + width] = updates.values[number * width : (number + 1) * width]
    return array._replace(values=values) if len(values) == len(array.values) else array


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


def _reduce(function: Callable[[Values], Any]) -> _OfArrays:
    """Return an operator that reduces axes by a function of a list."""

    def evaluate(arrays: Sequence[Array | None], given: Given) -> Array:
        array = _present(arrays[:1])[0]
        shape, over = reduced(array.shape, given)
        if array.values is None or None in array.shape:
            return array._replace(shape=shape, values=None)
        kept = [axis for axis in range(len(array.shape)) if axis not in over]
        rows = _transpose([array], {"perm": [*kept, *over]}) if array.shape else array
        size = sized(tuple(array.shape[axis] for axis in over)) or 0
        listed = rows.values or []
        count = sized(tuple(array.shape[axis] for axis in kept)) or 0
        groups = [listed[n * size : (n + 1) * size] for n in range(count)]
        values = [_computed(lambda *all_: function(list(all_)), group) for group in groups]
        return array._replace(shape=shape, values=values)

    return evaluate


def _nonzero(arrays: Sequence[Array | None], given: Given) -> Array:
    array = _present(arrays)[0]
    rank = len(array.shape)
    if array.values is None or None in array.values or None in array.shape:
        return Array((rank, None), INT64)
    steps = _strides(array.shape)
    found = [place for place, value in enumerate(array.values) if value]
    values = [
        place // step % (size or 1)
        for step, size in zip(steps, array.shape, strict=True)
        for place in found
    ]
    return Array((rank, len(found)), INT64, values)


def _unchanged(arrays: Sequence[Array | None], given: Given) -> Array:
    """What keeps the shape: its values are no sizes."""
    return _present(arrays[:1])[0]._replace(values=None)


def _product_of_matrices(arrays: Sequence[Array | None], given: Given) -> Array:
    one, other = _present(arrays)
    if len(one.shape) < 2 or len(other.shape) < 2:
        raise Unfit
    front = broadcast([one.shape[:-2], other.shape[:-2]])
    return _result((*front, one.shape[-2], other.shape[-1]), one.data_type, None)


OPERATORS: dict[str, Callable[[Sequence[Array | None], Given], Array | list[Array]]] = {
    "Abs": _each(abs),
    "Add": _each(operator.add),
    "And": _each(lambda a, b: bool(a and b), BOOL),
    "Cast": _cast,
    "CastLike": _cast,
    "Ceil": _each(lambda a: float(math.ceil(a))),
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "Div": _each(_divided),
    "Equal": _each(operator.eq, BOOL),
    "Exp": _each(math.exp),
    "Expand": _expand,
    "Flatten": _flatten,
    "Floor": _each(lambda a: float(math.floor(a))),
    "Gather": _gather,
    "Greater": _each(operator.gt, BOOL),
    "GreaterOrEqual": _each(operator.ge, BOOL),
    "Identity": _identity,
    "Less": _each(operator.lt, BOOL),
    "LessOrEqual": _each(operator.le, BOOL),
    "Log": _each(math.log),
    "MatMul": _product_of_matrices,
    "Max": _each(max),
    "Min": _each(min),
    "Mod": _mod,
    "Mul": _each(operator.mul),
    "Neg": _each(operator.neg),
    "NonZero": _nonzero,
    "Not": _each(operator.not_, BOOL),
    "Or": _each(lambda a, b: bool(a or b), BOOL),
    "Pow": _each(_power),
    "Range": _range,
    "Reciprocal": _each(lambda a: 1 / a),
    "ReduceMax": _reduce(max),
    "ReduceMean": _reduce(lambda listed: sum(listed) / len(listed)),
    "ReduceMin": _reduce(min),
    "ReduceProd": _reduce(prod),
    "ReduceSum": _reduce(sum),
    "Relu": _each(lambda a: max(a, 0)),
    "Reshape": _reshape,
    "Round": _each(lambda a: float(round(a))),
    "ScatterND": _scatter,
    "Sigmoid": _each(lambda a: 1 / (1 + math.exp(-a))),
    "Sign": _each(lambda a: (a > 0) - (a < 0)),
    "Size": _size,
    "Slice": _slice,
    "Split": _split,
    "Sqrt": _each(math.sqrt),
    "Squeeze": _squeeze,
    "Sub": _each(operator.sub),
    "Sum": _each(lambda *numbers: sum(numbers)),
    "Tanh": _each(math.tanh),
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
    "Xor": _each(lambda a, b: bool(a) != bool(b), BOOL),
    **dict.fromkeys(
        ("Clip", "Cos", "CumSum", "Dropout", "Erf", "Gelu", "HardSigmoid", "HardSwish",
         "LayerNormalization", "LeakyRelu", "LpNormalization", "LogSoftmax", "Sin", "Softmax",
         "Softplus", "Trilu"), _unchanged,
    ),
}  # fmt: skip
