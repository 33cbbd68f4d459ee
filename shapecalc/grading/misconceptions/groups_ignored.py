"""Groups ignored: 27x27x96 with 256 filters of 5x5 in 2 groups gives 614,656 for 307,456."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.layers.conv import DepthwiseConv
from shapecalc.layers.conv_transpose import ConvTranspose

OF_DEPTHWISE = (
    "it was counted as an ordinary convolution; a filter of a depthwise one is one slice deep"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield filters as deep as the whole input; a depthwise convolution has a group a slice."""
    own = context.weighted
    if own and own.deep != own.D and not own.dense:
        told = OF_DEPTHWISE if isinstance(context.layer, DepthwiseConv) else ""
        K, _, *F = context.weight_shape or (0, 0)
        if isinstance(context.layer, ConvTranspose):
            yield from context.reshaped((K, context.layer.K, *F))
        else:
            yield from context.reshaped((K, own.D, *F), told)
        yield from (w._replace(explanation=told) for w in context.recounted(deep=own.D))


MISCONCEPTION = Misconception(
    "groups_ignored",
    "the groups were ignored; a filter is only as deep as its group",
    model,
    keys=RECOUNTED,
    kinds=("shape",),
)
