"""The first window alone: dW = x*dy of one position for the sum over all."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.comparison import alike
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown

SUM = "a filter's gradient is the sum over all positions"
ONE = f"only one window was counted; {SUM}"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weight and bias gradients of the first window; where nothing comes back to that, of
    the first one to which something does, which is told as one.
    """
    first = with_kernels(context, "first_window")
    if first is not None:
        yield Wrong(first, f"from the first window alone it would be {shown(first)}")
    one = with_kernels(context, "one_window")
    if one is not None and not alike(one, first):
        yield Wrong(one, f"from a single window it would be {shown(one)}", ONE)


MISCONCEPTION = Misconception(
    "first_window_only",
    f"only the first window was counted; {SUM}",
    model,
    others=(ONE,),
    kinds=("example",),
)
