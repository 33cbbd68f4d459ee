"""The im2col matrix turned: 3025x363 for 363x3025."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.answers import shown
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield a row for each position."""
    if case.key == "im2col" and isinstance(case.right, tuple):
        value = case.right[::-1]
        yield Wrong(value, f"positions x values in a window = {shown(value)}")


MISCONCEPTION = Misconception(
    "im2col_transposed", "rows and columns of the matrix were swapped", model
)
