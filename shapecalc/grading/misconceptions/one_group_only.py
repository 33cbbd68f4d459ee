"""One group only: 27x27x96 with 256 filters of 5x5 in 2 groups gives 153,728 for 307,456."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.layers.conv import DepthwiseConv

OF_WEIGHTS = "the weights of only one group were counted; each group has its own"
OF_SLICES = "the filters of only one slice were counted; each slice has its own"
WEIGHTS_OF_SLICES = "the weights of only one slice were counted; each slice has its own"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count of one group, and that with the biases of all; a depthwise convolution has a
    group a slice. Where a group has one filter, it is that of who counts a single one.
    """
    own = context.weighted
    if own is None or own.dense:
        return
    groups = own.D // own.deep
    if not 1 < groups < own.K:
        return
    filters, sliced = own.K // groups, isinstance(context.layer, DepthwiseConv)
    told = OF_SLICES if sliced else ""
    if context.weight_shape:
        first, *others = context.weight_shape
        yield from context.reshaped((first // groups, *others), told)
    yield from (w._replace(explanation=told) for w in context.recounted(K=filters))
    if context.key == "parameters" and own.bias:
        told = WEIGHTS_OF_SLICES if sliced else OF_WEIGHTS
        found = context.recounted(K=filters, biases=own.biases)
        yield from (w._replace(explanation=told) for w in found)


MISCONCEPTION = Misconception(
    "one_group_only",
    "the filters of only one group were counted; each group has its own",
    model,
    others=(OF_WEIGHTS, OF_SLICES, WEIGHTS_OF_SLICES),
    keys=RECOUNTED,
    kinds=("shape",),
)
