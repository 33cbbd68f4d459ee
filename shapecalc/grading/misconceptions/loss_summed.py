"""The loss summed over the batch: 6 for 6/2 = 3 over two examples."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import scaled
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient of it, times the number of examples."""
    query, example = context.query, context.subject.trace.spec.example
    if query.kind != "example" or example is None or not example.loss_kind:
        return
    if query.key == "loss" or query.key.endswith(".grad"):
        count = len(context.subject.computed.session.value(0))
        if count > 1:
            value = scaled(context.right, count)
            yield Wrong(value, f"{count} * {shown(context.right)} = {shown(value)}")


MISCONCEPTION = Misconception(
    "loss_summed", "the loss was summed over the batch; here it is averaged", model
)
