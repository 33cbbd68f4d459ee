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
    count = prod(trace.output)
    if example.loss_kind == "squared_error":
        yield from _scaled(context, 1 / count, f"with the squares over {count}", "")
    elif example.loss_kind == "half_squared_error":
        half = "half the mean of the squares was taken; here it is half their sum"
        yield from _scaled(context, 1 / count, f"with the squares over {2 * count}", half)
        if count != 2:
            mean = "the mean of the squares was taken; here it is half their sum"
            yield from _scaled(context, 2 / count, f"with the squares over {count}", mean)


def _scaled(context: QuestionContext, factor: float, how: str, told: str) -> Iterable[Wrong]:
    found = scaled_loss(context, factor)
    if found is not None:
        yield Wrong(found, f"{how} it would be {shown(found)}", told)


MISCONCEPTION = Misconception(
    "loss_mean",
    "the mean of the squares was taken; here it is their sum",
    model,
    kinds=("example",),
)
