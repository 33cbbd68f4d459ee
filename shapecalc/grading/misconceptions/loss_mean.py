"""The mean of the squares: (1 + 4 + 4)/3 = 3 for the loss 1 + 4 + 4 = 9."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import scaled
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss over the number of outputs."""
    trace = context.subject.trace
    example = trace.spec.example
    if context.query.key != "loss" or context.query.kind != "example" or example is None:
        return
    if example.loss_kind == "squared_error" and trace.output:
        count = prod(trace.output)
        value = scaled(context.right, 1 / count)
        yield Wrong(value, f"{shown(context.right)}/{count} = {shown(value)}")


MISCONCEPTION = Misconception(
    "loss_mean", "the mean of the squares was taken; here it is their sum", model
)
