"""The largest for the mean: 4 for (1 + 2 + 3 + 4)/4 = 2.5; a gradient not shared."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way_back, with_kernels
from shapecalc.grading.values import shown

BACK = (
    "the gradient was sent to the place of the largest value;"
    " this pool shares it among all of the window"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with the largest of a window where the mean is asked for."""
    found = with_kernels(context, "largest")
    if found is not None:
        told = BACK if altered_on_the_way_back(context, "largest") else ""
        arithmetic = f"with the largest of each window it would be {shown(found)}"
        yield Wrong(found, arithmetic, told, known=bool(told))


MISCONCEPTION = Misconception(
    "max_for_average",
    "the largest value was taken; this pool takes the mean",
    model,
    kinds=("example",),
)
