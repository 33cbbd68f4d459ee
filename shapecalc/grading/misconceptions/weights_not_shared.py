"""A filter for each position: 55*55*96 * (11*11*3 + 1) = 105,705,600 for 34,944."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import applied, times
from shapecalc.layers.conv import Convolution


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters, weights or biases of a layer without weight sharing."""
    own = context.weighted
    if own is None or own.dense or not isinstance(context.layer, Convolution):
        return
    outputs, one = prod(context.output), prod(own.F) * own.deep
    each = {"parameters": one + own.bias, "weights": one, "biases": int(own.bias)}.get(context.key)
    if each:
        value = outputs * each
        text = f"({times((*own.F, own.deep))} + 1)" if each > one and one > 1 else f"{each:,}"
        yield Wrong(value, f"{applied(times(context.output), text)} = {value:,}")


MISCONCEPTION = Misconception(
    "weights_not_shared",
    "a filter was counted for each position; all positions share one",
    model,
    keys=("parameters", "weights", "biases"),
)
