"""The probability of the class for its cross entropy: 0.5 for -ln 0.5 = 0.693."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import flat, shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the probability, where the loss is of one class alone."""
    example = context.subject.trace.spec.example
    if context.query.key != "loss" or example is None or not isinstance(context.right, float):
        return
    classes = [at for numbers in example.loss.values() for at in flat(numbers.values)]
    if example.loss_kind == "cross_entropy" and len(classes) == 1 and not example.weight_decay:
        found = exp(-context.right)
        yield Wrong(found, f"the probability of class {classes[0]:g} is {shown(found)}")


MISCONCEPTION = Misconception(
    "probability_for_loss",
    "the probability of the class was given; the loss is minus its logarithm",
    model,
    kinds=("example",),
)
