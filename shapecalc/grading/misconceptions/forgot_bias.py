"""Weights counted, biases left out: 32x32x3 with 10 filters of 5x5 gives 750 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.normalization import Normalization
from shapecalc.records import own_counts


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
        yield from _with_betas(context, weights)


def _with_betas(context: QuestionContext, weights: int) -> Iterable[Wrong]:
    """Yield a network's weights and the betas of its norms, which not everybody calls biases."""
    counts = filter(None, map(own_counts, context.counted_layers))
    norms = [one for one in counts if isinstance(one.layer, Normalization) and one.biases]
    value = weights + sum(one.biases or 0 for one in norms)
    if norms:
        of = "norms" if len({one.kind for one in norms}) > 1 else f"{norms[0].kind}s"
        text = f"the weights, and the betas of the {of.replace('_', ' ')}, come to {value:,}"
        yield Wrong(value, text)


MISCONCEPTION = Misconception(
    "forgot_bias", "the biases were forgotten", model, keys=("parameters", "unshared_parameters")
)
