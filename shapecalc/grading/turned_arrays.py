"""Arrays that are handed in with their axes in another order: 4 rows of 2 values where 2 rows of 4
are asked for. Where several orders have these sizes, that is meant which has the most right values,
if it is one alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from shapecalc.grading.marks import Mark
from shapecalc.grading.misconceptions import dense_transposed, swapped_axes
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.values import NESTED, Number, Value, flat, place_of

Axes = tuple[int, ...]
# Which of the axes that are asked for people write in the place of each, by how many there are:
# columns for rows; the depth, or the filters, last; weights as Keras has them.
ORDERS: Mapping[int, Sequence[Axes]] = {
    2: [(1, 0)],
    3: [(0, 2, 1), (1, 2, 0)],
    4: [(0, 1, 3, 2), (0, 2, 3, 1), (2, 3, 1, 0)],
}
SWAPPED = frozenset({"dense_transposed", "swapped_axes", "im2col_transposed"})
TOLD_SWAPPED = frozenset({swapped_axes.OF_VALUES, dense_transposed.OF_GRADIENT})
NUMBER = regex(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
PIECE = regex(rf"[\[({{\])}}]|{NUMBER.pattern}", re.IGNORECASE)
BETWEEN_ROWS = regex(r"[;|\n]|\s//?\s")


def is_turned(question: Question, value: Value) -> bool:
    """Say whether a wrong array has its axes in another order: by its sizes, unless more of its
    values are right as they stand.
    """
    return _turned(question, value) is not None


def in_order(question: Question, value: Value) -> list[Number]:
    """Return the values of an array, or of anything else, in the order that is asked for."""
    turned = _turned(question, value)
    return flat(value) if turned is None else turned


def axes_of(value: Value) -> Axes:
    """Return how long the lists of an array are, the outer ones first; axes of 1 are left out, and
    nothing is where these are not equally long.
    """
    found = _sizes(value)
    return found if prod(found) == len(flat(value)) else ()


def as_marked(question: Question, value: Value, mark: Mark) -> Value:
    """Return a wrong array as what follows from it has it: without its own rows, if what was found
    behind its values took them row by row as those of the right one.

    A layer's values in another order may follow so from others, value by value.
    """
    if question.query.kind != "example" or not is_turned(question, value):
        return value
    causes = {*(mark.misconception or "").split(", ")} - {""}
    if causes:
        by_rows = not mark.perhaps and not causes & SWAPPED
    else:
        by_rows = mark.verdict != "wrong" and is_learned(question)
    return tuple(flat(value)) if by_rows else value


def is_told_turned(question: Question, value: Value, mark: Mark) -> bool:
    """Say whether a student was told that rows and columns of an array are swapped, of which there
    are as many: its sizes show nothing.
    """
    certain = mark.matter in TOLD_SWAPPED and not mark.perhaps
    sizes = _first_sizes(question.right) if certain and question.query.form == "array" else ()
    return len(sizes) == 2 and sizes[0] == sizes[1] and axes_of(value) == sizes


def turned_back(question: Question, value: Value) -> Value:
    """Return an array with as many rows as columns with these swapped."""
    found: Value = tuple(_in_axes(value, _first_sizes(question.right), (1, 0)))
    return found


def is_learned(question: Question) -> bool:
    """Say whether an array is one of a parameter, not of a layer's values."""
    computed = question.subject.computed
    return bool(computed.session.names.find(question.query.key).parameter)


def in_written_rows(question: Question, text: str, value: Value) -> Value:
    """Return values that a text lists with the rows that it has there, where these are in another
    order than the right ones; otherwise as they are.
    """
    numbers = flat(value)
    if len(numbers) != len(flat(question.right)) or len(axes_of(question.right)) < 2:
        return value
    for rows in (_in_brackets(text), _in_lines(text)):
        if flat(rows) == numbers and is_turned(question, rows):
            return rows
    return value


def _turned(question: Question, value: Value) -> list[Number] | None:
    """Return the values of an array in the order that is asked for, if it has another one."""
    if question.query.form != "array" or not isinstance(value, tuple):
        return None
    wanted, given = _first_sizes(question.right), _first_sizes(value)
    if wanted == given or sorted(wanted) != sorted(given) or axes_of(value) != given:
        return None  # as nearly all are
    orders = [o for o in ORDERS.get(len(wanted), ()) if tuple(wanted[axis] for axis in o) == given]
    return _likeliest(question, value, [_in_axes(value, wanted, order) for order in orders])


def _likeliest(question: Question, value: Value, ways: list[list[Number]]) -> list[Number] | None:
    """Return the way to order an array's values in which the most are right; None where that is as
    it stands, or not one alone.
    """
    right, near = flat(question.right), question.tolerance.near
    good = [sum(map(near, right, way)) for way in ways]
    most = max(good, default=0)
    if good.count(most) != 1 or sum(map(near, right, flat(value))) > most:
        return None
    return ways[good.index(most)]


def _in_axes(value: Value, wanted: Axes, order: Axes) -> list[Number]:
    """Return the values of an array whose axes are the wanted ones in another order, in theirs."""
    numbers, sizes = flat(value), [wanted[axis] for axis in order]
    places = (place_of(number, wanted) for number in range(len(numbers)))
    return [numbers[_number([place[axis] for axis in order], sizes)] for place in places]


def _number(place: Sequence[int], sizes: Sequence[int]) -> int:
    """Return which value it is, counted row by row, that is at a place."""
    found = 0
    for at, size in zip(place, sizes, strict=True):
        found = found * size + at
    return found


def _first_sizes(value: Any) -> Axes:
    """Return the sizes of the first list at each depth, which are those of all of a whole array."""
    found: list[int] = []
    while isinstance(value, NESTED) and value:
        found += [len(value)] if len(value) > 1 else []
        value = value[0]
    return tuple(found)


def _sizes(value: Any) -> Axes:
    if not isinstance(value, NESTED) or not value:
        return ()
    parts = {_sizes(part) for part in value}
    if len(parts) > 1:
        return ()
    return (*([len(value)] if len(value) > 1 else []), *parts.pop())


def _in_brackets(text: str) -> Any:
    """Return the numbers of a text in lists as its brackets are."""
    lists: list[list[Any]] = [[]]
    for piece in PIECE.findall(text):
        if piece in "[({":
            lists.append([])
        elif piece not in "])}":
            lists[-1].append(float(piece))
        elif len(lists) > 1:
            inner = tuple(lists.pop())
            lists[-1].append(inner)
    found: Any = tuple(lists[0])
    while len(found) == 1 and isinstance(found[0], NESTED):
        found = found[0]
    return found


def _in_lines(text: str) -> tuple[Any, ...]:
    """Return the numbers of a text in lists as its lines are."""
    rows = (NUMBER.findall(line) for line in BETWEEN_ROWS.split(text))
    return tuple(tuple(map(float, row)) for row in rows if row)
