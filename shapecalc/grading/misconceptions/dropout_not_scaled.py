"""Values that stay in a dropout not scaled: 3 for 3/(1 - 0.5) = 6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example without 1/(1 - rate)."""
    found = with_kernels(context, "unscaled")
    if found is not None:
        yield Wrong(found, f"without 1/(1 - rate) it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "dropout_not_scaled",
    "what the dropout keeps was not scaled; in training it is divided by 1 - rate",
    model,
    kinds=("example",),
)
