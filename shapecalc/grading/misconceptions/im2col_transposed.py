"""The im2col matrix turned: 3025x363 for 363x3025, windows as its rows."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield a row for each position."""
    if context.key == "im2col" and isinstance(context.right, tuple):
        value = context.right[::-1]
        yield Wrong(value, f"positions x values in a window = {shown(value)}")
    place = context.query.place
    if context.query.kind != "im2col":
        return
    if place:
        turned = context.of_place(place[::-1])
        if turned is not None:
            yield Wrong(turned, f"row {place[1]}, column {place[0]} = {shown(turned)}")
    elif isinstance(context.right, tuple):
        yield Wrong(tuple(zip(*context.right, strict=True)), "a row for each window")


MISCONCEPTION = Misconception(
    "im2col_transposed",
    "rows and columns of the matrix were swapped",
    model,
    keys=("im2col",),
    kinds=("im2col",),
)
