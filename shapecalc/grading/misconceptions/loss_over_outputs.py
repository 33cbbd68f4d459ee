"""A cross entropy over the number of classes: -ln(p)/2 for -ln p of one of two."""

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
    count = prod(trace.output or ())
    if example is not None and example.loss_kind == "cross_entropy" and count > 1:
        found = scaled_loss(context, 1 / count)
        if found is not None:
            yield Wrong(found, f"over {count} outputs it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_over_outputs", "the loss was divided by the number of outputs; here it is not", model
)
