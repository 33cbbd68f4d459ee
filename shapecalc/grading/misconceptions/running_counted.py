"""A batch norm's running mean and variance counted: 4*64 = 256 for 128 parameters."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters with what is kept but not learned, of a layer or of the network."""
    if not isinstance(context.right, int):
        return
    kept = context.record.non_trainable if context.record else None
    if context.total:
        kept = context.subject.trace.totals["non_trainable"]
    if kept:
        yield Wrong(
            context.right + kept, f"{context.right:,} + {kept:,} = {context.right + kept:,}"
        )


MISCONCEPTION = Misconception(
    "running_counted",
    "the running mean and variance were counted; they are not learned",
    model,
    keys=("parameters",),
)
