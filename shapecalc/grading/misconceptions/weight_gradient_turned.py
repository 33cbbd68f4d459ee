"""The filter's gradient turned by 180 degrees: [[4,3],[2,1]] for [[1,2],[3,4]]."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of a filter, or a step, from the other end."""
    found = with_kernels(context, "weight_gradient_turned")
    if found is not None:
        yield Wrong(found, f"turned by 180 degrees it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "weight_gradient_turned",
    "the gradient of the filter was turned by 180 degrees; it stands as the weights do",
    model,
    kinds=("example",),
)
