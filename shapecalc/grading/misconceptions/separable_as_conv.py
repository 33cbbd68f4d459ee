"""A separable convolution counted as an ordinary one: D=10, K=100 F=5: 25,100 for 1,350."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.grading.misconceptions.variants import times
from shapecalc.layers.base import per_axis
from shapecalc.layers.separable import SeparableConv


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameters, weights, MACs or FLOPs of K filters as deep as the input."""
    layer, volume = context.layer, context.volume
    if not isinstance(layer, SeparableConv) or len(volume) < 2:
        return
    factors = (*per_axis(layer.F, len(volume) - 1, "F"), volume[-1], layer.K)
    weights, biases = prod(factors), layer.K if layer.bias else 0
    if context.key == "weights" or (context.key == "parameters" and not biases):
        yield Wrong(weights, f"{times(factors)} = {weights:,}")
    elif context.key == "parameters":
        yield Wrong(weights + biases, f"{times(factors)} + {biases:,} = {weights + biases:,}")
    else:
        twice = (2,) if context.key == "flops" else ()
        all_factors = (*twice, *context.output[:-1], *factors)
        yield Wrong(prod(all_factors), f"{times(all_factors)} = {prod(all_factors):,}")


MISCONCEPTION = Misconception(
    "separable_as_conv",
    "it was counted as one convolution; it is a depthwise one and a 1x1 one, one after the other",
    model,
    keys=RECOUNTED,
)
