"""The values that answers stand for, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapecalc.grading.formula import Formula

Number = int | float
NESTED = (list, tuple)
Value = bool | Number | str | tuple[Any, ...] | Formula


def flat(value: Any) -> list[Number]:
    """Return all numbers of nested tuples, in order; of a formula those that it comes to."""
    if isinstance(value, Formula):
        return [float(number) for number in value.values if number is not None]
    if not isinstance(value, NESTED):
        return [value]
    found: list[Number] = []
    for part in value:
        if isinstance(part, NESTED):
            found += flat(part)
        else:
            found.append(part)
    return found


def nested(values: Any) -> Any:
    """Return nested lists as the nested tuples that a value is made of."""
    return tuple(map(nested, values)) if isinstance(values, list) else values


def nested_as(value: Value, numbers: list[Number]) -> Any:
    """Return numbers, one after the other, in the lists that a value is made of; they are used
    up.
    """
    if not isinstance(value, NESTED):
        return numbers.pop(0)
    return tuple(nested_as(part, numbers) for part in value)


def width_of(value: Any) -> int:
    """Return how many values a row of an array has, that is how long its last axis is."""
    while isinstance(value[0], NESTED):
        value = value[0]
    return len(value)


def place_of(number: int, shape: Sequence[int]) -> tuple[int, ...]:
    """Return the place of a value that is counted row by row."""
    found: list[int] = []
    for size in reversed(shape):
        number, index = divmod(number, size)
        found.insert(0, index)
    return tuple(found)


def index(at: Sequence[int]) -> str:
    """Return an index as it is written: `[0,2]`."""
    return f"[{','.join(map(str, at))}]"


def shown(value: Value | None) -> str:
    """Return a value as feedback prints it; an array of one value is that number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        kinds = set(map(type, value))
        if int in kinds and kinds <= {int, float}:  # sizes; an array is of floats alone
            return "x".join(map(_text, value))
        numbers = flat(value)
        if len(numbers) == 1 and isinstance(numbers[0], float):
            return _text(numbers[0])
        return "[" + ", ".join(_listed(part) for part in value) + "]"
    return str(value) if isinstance(value, str | Formula) else _text(value, ",")


def _listed(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_listed(part) for part in value) + "]"
    return _text(value)


def _text(value: Number, grouping: str = "") -> str:
    if isinstance(value, int):
        return f"{value:{grouping}}"
    return f"{value + 0.0:.6g}"  # + 0.0: no -0
