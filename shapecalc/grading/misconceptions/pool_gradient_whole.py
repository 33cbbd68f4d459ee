"""The whole gradient to each pixel of a mean: 8, 8, 8, 8 for 2, 2, 2, 2."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with an average pool's gradient not divided."""
    found = with_kernels(context, "whole_gradient")
    if found is not None:
        yield Wrong(found, f"with the whole gradient at every pixel it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "pool_gradient_whole",
    "the gradient of the mean was not divided by the size of the window",
    model,
    kinds=("example",),
)
