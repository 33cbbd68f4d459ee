"""The windows of im2col pixel by pixel, all depths of one together: 1, 5, 2, 6 for 1, 2, 5, 6."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

from shapecalc.grading.kinds.im2col_values import Matrix, matrix
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the rows in the order row, column, depth."""
    found, place = matrix(context.subject.layers, context.query), context.query.place
    rows = [_row(found, row) for row in range(found.shape[0])]
    value: Any = tuple(found.row(row) for row in rows)
    if place:
        value = found.cell(rows[place[0]], place[1]).value
    yield Wrong(value, f"its values are in the order row, column, depth: {shown(value)}")


def _row(found: Matrix, row: int) -> int:
    """Return which row of the matrix somebody takes for one."""
    pixel, depth = divmod(row, found.depth)
    return depth * prod(found.window[1:]) + pixel


MISCONCEPTION = Misconception(
    "im2col_depth_last",
    "the depths of each pixel were put together; a slice goes first",
    model,
    kinds=("im2col",),
)
