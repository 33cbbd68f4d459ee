"""The sum for the mean: 10 for (1 + 2 + 3 + 4)/4 = 2.5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with the sum of a window where the mean is asked for."""
    if context.query.key.endswith((".grad", ".next")):
        return  # what comes back is another mistake
    found = with_kernels(context, "sums")
    if found is not None:
        yield Wrong(found, f"with the sum of each window it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "sum_not_divided",
    "the window was added up and not divided by its size",
    model,
    kinds=("example",),
)
