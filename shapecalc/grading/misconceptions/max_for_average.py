"""The largest for the mean: 4 for (1 + 2 + 3 + 4)/4 = 2.5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with the largest of a window where the mean is asked for."""
    found = with_kernels(context, "largest")
    if found is not None:
        yield Wrong(found, f"with the largest of each window it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "max_for_average", "the largest value was taken; this pool takes the mean", model
)
