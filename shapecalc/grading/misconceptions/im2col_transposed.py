"""The im2col matrix turned: 3025x363 for 363x3025."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield a row for each position."""
    if context.key == "im2col" and isinstance(context.right, tuple):
        value = context.right[::-1]
        yield Wrong(value, f"positions x values in a window = {shown(value)}")


MISCONCEPTION = Misconception(
    "im2col_transposed", "rows and columns of the matrix were swapped", model
)
