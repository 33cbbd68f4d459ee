"""Arithmetic of a graph with the sizes of its own tensors: what a reshape or a resize goes to.

Lists of numbers are flat here: a number alone is a list of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, prod
from operator import add, floordiv, mod, mul, sub, truediv

from shapecalc.diagnostics import LIMIT
from shapecalc.readers.tflite.model import MOST_VALUES, Operator

Numbers = Sequence[float]

SAME = ("CAST", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE")
PAIRS: Mapping[str, Callable[[float, float], float]] = {
    "ADD": add, "SUB": sub, "MUL": mul, "DIV": truediv, "FLOOR_DIV": floordiv, "FLOOR_MOD": mod,
    "MAXIMUM": max, "MINIMUM": min,
}  # fmt: skip
WHOLES: Mapping[str, Callable[[Numbers], float]] = {
    "REDUCE_PROD": prod, "SUM": sum, "REDUCE_MAX": max, "REDUCE_MIN": min,
}  # fmt: skip


def measured(operator: Operator, whole: bool, inputs: Sequence[Numbers | None]) -> Numbers | None:
    """Return the numbers that an operator gives; None where they are not known, or are many.

    `whole` says that they are whole numbers, `inputs` are its inputs' own, in their order.
    """
    known = [numbers for numbers in inputs if numbers is not None]
    if len(known) < len(inputs) or not known:
        return None
    try:
        found = _computed(operator, known)
    except (ArithmeticError, ValueError, IndexError):  # by 0, of none, or far too large
        return None
    if found is None or len(found) > MOST_VALUES:
        return None
    if any(not isfinite(number) or abs(number) > LIMIT for number in found):
        return None
    return [int(number) for number in found] if whole else found


def _computed(operator: Operator, inputs: Sequence[Numbers]) -> Numbers | None:
    what, first = operator.what, inputs[0]
    if what in SAME:
        return first
    if what in ("PACK", "CONCATENATION"):
        return [number for numbers in inputs for number in numbers][: MOST_VALUES + 1]
    if what in PAIRS and len(inputs) == 2:
        return _paired(PAIRS[what], first, inputs[1])
    if what in WHOLES:
        return [WHOLES[what](first)]
    if what == "GATHER" and len(inputs) == 2:
        return [first[int(place)] for place in inputs[1]]
    if what == "SLICE" and len(inputs) == 3:
        begin, size = int(inputs[1][0]), int(inputs[2][0])
        return first[begin:] if size < 0 else first[begin : begin + size]
    if what == "STRIDED_SLICE" and len(inputs) == 4:
        begin, end, step = (int(numbers[0]) for numbers in inputs[1:])
        options = operator.options
        if options["shrink_axis_mask"]:
            return [first[begin]]
        return first[
            None if options["begin_mask"] else begin : None if options["end_mask"] else end : step
        ]
    return None


def _paired(
    function: Callable[[float, float], float], one: Numbers, other: Numbers
) -> Numbers | None:
    """Return a function of two lists, of which one may be a number alone."""
    if len(one) != len(other):
        if len(one) == 1:
            one = [one[0]] * len(other)
        elif len(other) == 1:
            other = [other[0]] * len(one)
        else:
            return None
    return [function(a, b) for a, b in zip(one, other, strict=True)]
