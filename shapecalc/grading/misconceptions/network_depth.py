"""The network's input depth for the layer's: 64 filters of 5x5 behind a depth of 24 as
5*5*3*64 + 64 = 4,864 for 38,464.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.layers.conv import Convolution


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield filters as deep as the network's only input, where the layer's own is another."""
    own = context.weighted
    inputs = list(context.subject.trace.inputs.values())
    if own is None or own.dense or len(inputs) != 1 or not inputs[0] or own.deep != own.D:
        return
    depth = inputs[0][-1]
    if 1 < depth != own.deep and len(inputs[0]) == len(context.volume):
        yield from context.recounted(deep=depth)
        if isinstance(context.layer, Convolution):
            yield from context.reshaped((own.K, depth, *own.F))


MISCONCEPTION = Misconception(
    "network_depth",
    "the filters were taken as deep as the network's input; they are as deep as the layer's own",
    model,
    keys=RECOUNTED,
    kinds=("shape",),
)
