"""Weights in a pool: 2*2*6 = 24 for 2x2 on depth 6, which learns nothing."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import equal, times
from shapecalc.layers.pool import Pool


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield what a convolution with the same window would have: shared, a slice each, or full."""
    if not isinstance(context.layer, Pool) or not context.fits:
        return
    window, D = [fit.F for fit in context.fits], context.volume[-1]
    for factors in (window, [*window, D], [*window, D, D]):
        value, text = prod(factors), times(factors)
        yield Wrong(value, equal(text, value))
        for biases in (1, D) if context.key == "parameters" else ():
            yield Wrong(value + biases, f"{text} + {biases} = {value + biases:,}")


MISCONCEPTION = Misconception(
    "pool_has_weights",
    "weights were counted; a pool has none",
    model,
    keys=("parameters", "weights"),
)
