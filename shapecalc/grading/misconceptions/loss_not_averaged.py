"""The sum of the squares: 9 for the mean (1 + 4 + 4)/3 = 3."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, times the number of outputs."""
    trace = context.subject.trace
    example = trace.spec.example
    if example is None or not trace.output or prod(trace.output) == 1:
        return
    if example.loss_kind == "mean_squared_error":
        count = prod(trace.output)
        found = scaled_loss(context, count)
        if found is not None:
            yield Wrong(found, f"with the sum of {count} squares it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_not_averaged",
    "the squares were added up; here the mean is taken",
    model,
    kinds=("example",),
)
