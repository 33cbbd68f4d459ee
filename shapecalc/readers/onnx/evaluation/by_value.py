"""Operators that work value by value, and Range."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from shapecalc.readers.onnx.evaluation.arrays import (
    Array,
    Given,
    OfArrays,
    broadcast,
    computed,
    is_small,
    present,
    result,
    spread,
)
from shapecalc.readers.onnx.model import BOOL, FLOATING, INT64, MOST_VALUES

LARGEST_EXPONENT = 64  # of a whole number: powers beyond are no sizes


def each(function: Callable[..., Any], gives: int | None = None) -> OfArrays:
    """Return an operator that works value by value; `gives` is its type where it has one."""

    def evaluate(arrays: Sequence[Array | None], given: Given) -> Array:
        found = present(arrays)
        shape = broadcast([array.shape for array in found])
        data_type = found[0].data_type if gives is None else gives
        values = None
        if is_small(shape) and all(array.values is not None for array in found):
            stretched = [spread(array.values or [], array.shape, shape) for array in found]
            values = [computed(function, numbers) for numbers in zip(*stretched, strict=True)]
        return result(shape, data_type, values)

    return evaluate


def divided(a: Any, b: Any) -> Any:
    """Whole numbers are divided towards 0."""
    if type(a) is int and type(b) is int:
        quotient = abs(a) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient
    return a / b


def power(a: Any, b: Any) -> Any:
    """Return a power; None where it is larger than any size."""
    if type(a) is int and type(b) is int and abs(a) > 1 and b > LARGEST_EXPONENT:
        return None
    return a**b


def mod(arrays: Sequence[Array | None], given: Given) -> Array:
    """Mod: the remainder, of the sign of the divisor or, by fmod, of the dividend."""
    function = math.fmod if given.get("fmod") == 1 else operator.mod
    found = each(function)(arrays, given)
    if found.data_type not in FLOATING and found.values is not None:
        whole = [None if value is None else int(value) for value in found.values]
        return found._replace(values=whole)
    return found


def cast(arrays: Sequence[Array | None], given: Given) -> Array:
    """Cast and CastLike: values of another type."""
    array = present(arrays[:1])[0]
    to = given.get("to", array.data_type)
    if len(arrays) > 1 and arrays[1] is not None:  # CastLike
        to = arrays[1].data_type
    function = float if to in FLOATING else bool if to == BOOL else int
    if array.values is None:
        return array._replace(data_type=to)
    return array._replace(
        data_type=to, values=[computed(function, (value,)) for value in array.values]
    )


def where(arrays: Sequence[Array | None], given: Given) -> Array:
    """Where: values of one array or the other; known where both have the same."""
    condition, one, other = present(arrays)
    shape = broadcast([condition.shape, one.shape, other.shape])
    values = None
    if is_small(shape) and condition.values is not None:
        yes, no = (
            spread(array.values or [None], array.shape if array.values else (1,), shape)
            for array in (one, other)
        )
        asked = spread(condition.values, condition.shape, shape)
        values = [
            a if a == b or c else b if c is not None else None
            for c, a, b in zip(asked, yes, no, strict=True)
        ]
    return result(shape, one.data_type, values)


def range_of(arrays: Sequence[Array | None], given: Given) -> Array:
    """Range: numbers from start to before limit."""
    start, limit, delta = (array.values[0] if array.values else None for array in present(arrays))
    data_type = arrays[0].data_type if arrays[0] else INT64
    if start is None or limit is None or delta is None:
        return Array((None,), data_type)
    count = max(math.ceil((limit - start) / delta), 0)
    few = count <= MOST_VALUES
    return Array((count,), data_type, [start + n * delta for n in range(count)] if few else None)
