"""The loss summed over the batch: 6 for 6/2 = 3 over two examples."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, times the number of examples."""
    example = context.subject.trace.spec.example
    if example is None or not example.loss_kind:
        return
    count = context.subject.computed.session.count
    found = scaled_loss(context, count) if count > 1 else None
    if found is not None:
        yield Wrong(found, f"with the sum over {count} examples it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_summed",
    "the loss was summed over the batch; here it is averaged",
    model,
    kinds=("example",),
)
