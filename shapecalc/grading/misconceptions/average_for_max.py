"""The mean for the largest: 2.5 for the largest of 1, 2, 3, 4; a gradient shared in the window."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way_back, with_kernels
from shapecalc.grading.values import shown

BACK = (
    "the gradient was shared among the pixels of the window; this pool sends it to the place of the"
    " largest value"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with the mean of a window where the largest is asked for."""
    found = with_kernels(context, "mean")
    if found is not None:
        told = BACK if altered_on_the_way_back(context, "mean") else ""
        arithmetic = f"with the mean of each window it would be {shown(found)}"
        yield Wrong(found, arithmetic, told, known=bool(told))


MISCONCEPTION = Misconception(
    "average_for_max",
    "the mean was taken; this pool takes the largest value",
    model,
    kinds=("example",),
)
