"""A locally connected layer counted as a convolution: 6x6x4, K=4 F=3: 148 for 2,368."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import times
from shapecalc.layers.base import per_axis
from shapecalc.layers.separable import LocalConv


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters, weights or biases of filters that all positions share."""
    layer, volume = context.layer, context.volume
    if not isinstance(layer, LocalConv) or len(volume) < 2:
        return
    factors = (*per_axis(layer.F, len(volume) - 1, "F"), volume[-1], layer.K)
    weights, biases = prod(factors), layer.K if layer.bias else 0
    if context.key == "biases" and biases:
        yield Wrong(biases, f"{biases:,}, one for each filter")
    elif context.key == "weights" or (context.key == "parameters" and not biases):
        yield Wrong(weights, f"{times(factors)} = {weights:,}")
    elif context.key == "parameters":
        yield Wrong(weights + biases, f"{times(factors)} + {biases:,} = {weights + biases:,}")


MISCONCEPTION = Misconception(
    "weights_shared",
    "the filters were counted once; in a local_conv every position has its own",
    model,
    keys=("parameters", "weights", "biases"),
)
