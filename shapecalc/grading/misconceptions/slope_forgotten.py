"""The activation's slope left out: 4 for 4*y*(1 - y) behind a sigmoid."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient with every activation's slope as 1."""
    found = with_kernels(context, "slope_forgotten")
    if found is not None:
        yield Wrong(found, f"without the activation's slope it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "slope_forgotten",
    "the slope of the activation was forgotten; the gradient is multiplied by it",
    model,
)
