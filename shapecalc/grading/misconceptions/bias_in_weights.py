"""Parameters given for weights: 760 for 750, with the 10 biases."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters where the weights alone are asked for."""
    if context.key == "weights":
        totals = context.subject.trace.totals if context.total else {}
        weights = context.record.weights if context.record else totals.get("weights")
        biases = context.record.biases if context.record else totals.get("biases")
        if weights and biases:
            yield Wrong(weights + biases, f"{weights:,} + {biases:,} = {weights + biases:,}")


MISCONCEPTION = Misconception("bias_in_weights", "the biases were counted with the weights", model)
