"""The weight decay left out: 3 for the loss 3 + 0.1/2*9 = 3.45, 2 for the gradient 2 + 0.1*3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import decayed
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, without the decay."""
    found = decayed(context, 0)
    if found is not None:
        yield Wrong(found, f"without the weight decay it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "weight_decay_forgotten", "the weight decay was left out", model, kinds=("example",)
)
