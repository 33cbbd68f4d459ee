"""The mean of the squares: (1 + 4 + 4)/3 = 3 for the loss 1 + 4 + 4 = 9."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, over the number of outputs."""
    trace = context.subject.trace
    example = trace.spec.example
    if example is None or not trace.output or prod(trace.output) == 1:
        return
    if example.loss_kind in ("squared_error", "half_squared_error"):
        count = prod(trace.output)
        found = scaled_loss(context, 1 / count)
        if found is not None:
            yield Wrong(found, f"with the squares over {count} it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_mean", "the mean of the squares was taken; here it is their sum", model
)
