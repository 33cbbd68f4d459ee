"""The absolute value for a ReLU: 2 for relu1's 0 of -2, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with absolute values behind every ReLU."""
    found = with_kernels(context, "absolute")
    if found is not None:
        yield Wrong(found, f"with absolute values it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "absolute_for_relu",
    "the absolute value was taken; a ReLU makes 0 of what is negative",
    model,
    kinds=("example",),
)
