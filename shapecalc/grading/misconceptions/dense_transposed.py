"""A dense layer's rows for its columns: [[1, 2], [3, 4]] on 5, 6 gives 23, 34 for 17, 39."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_given
from shapecalc.grading.values import Value, shown
from shapecalc.layers.dense import Dense
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord

OF_GRADIENT = "rows and columns were swapped; as in the weights, a row belongs to a unit"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with the rows of all given square weights as columns. Of the weights' own
    gradient, or of what they are after a step, it may be either way round, and so may the right
    one.
    """
    found = [with_given(context, "dense_transposed", _turned)]
    if _of_weights(context):
        swapped = _swapped(context)
        if swapped is not None:
            yield Wrong(swapped, f"with its rows as columns it is {shown(swapped)}", OF_GRADIENT)
        found.append(_otherwise_round(context))
    for value in found:
        if value is not None:
            yield Wrong(value, f"with the weights' rows as columns it would be {shown(value)}")


def _of_weights(context: QuestionContext) -> bool:
    """Say whether a number is asked for that lies where a dense layer's weights do."""
    name, _, parameter = context.query.key.rpartition(".")[0].rpartition(".")
    record = context.subject.records.get(name)
    return parameter == "weight" and record is not None and isinstance(record.layer, Dense)


def _swapped(context: QuestionContext) -> Value | None:
    """Return the right array with rows as columns, or its value at the swapped place."""
    place = context.query.place
    return context.of_place(place[::-1]) if place else _columns(context.right)


def _otherwise_round(context: QuestionContext) -> Value | None:
    query = context.query._replace(place=context.query.place[::-1])
    there = QuestionContext(context.subject, query, context.right)
    found = with_given(there, "dense_transposed", _turned)
    return found if query.place or found is None else _columns(found)


def _columns(rows: Any) -> Any:
    """Return a matrix with rows as columns; None for what is none."""
    matrix = isinstance(rows, tuple) and all(isinstance(row, tuple) for row in rows)
    return tuple(zip(*rows, strict=True)) if matrix else None


def _turned(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
    square = len(numbers.shape) == 2 and numbers.shape[0] == numbers.shape[1] > 1
    if role != "weight" or not isinstance(record.layer, Dense) or not square:
        return None
    return numbers._replace(values=[list(column) for column in zip(*numbers.values, strict=True)])


MISCONCEPTION = Misconception(
    "dense_transposed",
    "rows and columns of the weights were swapped; a row holds the weights of one unit",
    model,
    of_all="rows and columns were swapped; a row belongs to a unit",
    kinds=("example",),
)
