"""The decay without its half: 3 + 0.1*9 = 3.9 for 3 + 0.1/2*9 = 3.45; of a gradient 2*0.1*w."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import decayed
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, with twice the decay."""
    found = decayed(context, 2)
    if found is not None:
        squares = "weight_decay * the sum of the squared weights"
        added = squares if context.query.key == "loss" else "2*weight_decay*weight"
        yield Wrong(found, f"with {added} it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "weight_decay_not_halved",
    "the weight decay was not halved; the loss has half of it times the squared weights",
    model,
    kinds=("example",),
)
