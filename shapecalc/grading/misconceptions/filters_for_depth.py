"""K*K for D*K: 10 filters of 5x5 on depth 3 as 5*5*10*10 + 10 = 2,510 for 760."""

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
    """Yield filters as deep as the output."""
    own = context.weighted
    if own is not None and not own.dense and own.deep != own.K:
        yield from context.recounted(deep=own.K)
        if isinstance(context.layer, Convolution):
            yield from context.reshaped((own.K, own.K, *own.F))


MISCONCEPTION = Misconception(
    "filters_for_depth",
    "the filters were taken as deep as the output; they are as deep as the input",
    model,
    keys=RECOUNTED,
    kinds=("shape",),
)
