"""The step alone: -0.1*4 = -0.4 for the new weight 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import added, scaled
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield what is taken off the old value, or added to it, without that."""
    if not context.query.key.endswith(".next"):
        return
    old = context.of(context.query.name, context.query.key.removesuffix(".next"))
    if old is not None:
        step = added(context.right, scaled(old, -1.0))
        yield Wrong(step, f"without the old value it would be {shown(step)}")
        off = scaled(step, -1.0)
        yield Wrong(off, f"what is taken off the old value is {shown(off)}")


MISCONCEPTION = Misconception(
    "step_alone",
    "the step alone was given; it goes on from the old value",
    model,
    kinds=("example",),
)
