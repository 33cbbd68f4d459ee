"""The filter as it is over what comes back: [1,2] on 0,4,0 gives 8, 4 where 4 times it is 4, 8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradients with a convolution's own filter slid over what comes back to it."""
    found = with_kernels(context, "filter_not_turned")
    if found is not None:
        yield Wrong(found, f"with the filter as it is it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "filter_not_turned",
    "the filter was not turned by 180 degrees for the gradient of its input; each pixel gets its"
    " weight times what comes back to each window that sees it",
    model,
    kinds=("example",),
)
