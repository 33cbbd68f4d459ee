"""Weights counted, biases left out: 32x32x3 with 10 filters of 5x5 gives 750 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weights alone, for one layer or for the whole network."""
    if context.key == "unshared_parameters" and context.weighted and context.weighted.bias:
        K, F, deep, *_ = context.weighted
        factors = [*context.output[:-1], *F, deep, K]
        yield Wrong(prod(factors), f"{'*'.join(map(str, factors))} = {prod(factors):,}")
    if context.key != "parameters":
        return
    if context.weighted:
        yield from context.recounted(biases=0)
        return
    source = context.subject.trace.totals if context.total else {}
    weights = context.record.weights if context.record else source.get("weights")
    if weights:
        yield Wrong(weights, f"the weights alone are {weights:,}")


MISCONCEPTION = Misconception(
    "forgot_bias", "the biases were forgotten", model, keys=("parameters", "unshared_parameters")
)
