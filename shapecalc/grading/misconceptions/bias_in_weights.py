"""Parameters given for weights: 760 for 750, with the 10 biases."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.absent_bias_counted import absent_biases
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

NONE = "biases were counted with the weights; there are none"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters where the weights alone are asked for, also with biases that layers have
    not.
    """
    totals = context.subject.trace.totals if context.total else {}
    weights = context.record.weights if context.record else totals.get("weights")
    own = context.record.biases if context.record else totals.get("biases")
    biases = own or absent_biases(context)
    if weights and biases:
        text = f"{weights:,} + {biases:,} = {weights + biases:,}"
        yield Wrong(weights + biases, text, "" if own else NONE)


MISCONCEPTION = Misconception(
    "bias_in_weights", "the biases were counted with the weights", model, keys=("weights",)
)
