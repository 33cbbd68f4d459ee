"""The first window alone: dW = x*dy of one position for the sum over all."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weight and bias gradients of the first window."""
    found = with_kernels(context, "first_window")
    if found is not None:
        yield Wrong(found, f"from the first window alone it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "first_window_only",
    "only the first window was counted; a filter's gradient is the sum over all positions",
    model,
    kinds=("example",),
)
