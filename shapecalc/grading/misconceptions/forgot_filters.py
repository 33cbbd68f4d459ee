"""One filter only: 5*5*3 + 1 = 76 for 10 filters with 760 parameters."""

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
    """Yield the count for K = 1, or an output one slice deep."""
    own = context.weighted
    if own is None or own.K == 1 or own.dense:
        return
    yield from context.recounted(K=1)
    if isinstance(context.layer, Convolution):
        yield from context.reshaped(context.weight_shape[1:])
    if context.key == "output":
        yield from context.deepened(1, "one filter gives one slice")


MISCONCEPTION = Misconception(
    "forgot_filters",
    "one filter was counted, not all of them",
    model,
    keys=("output", *RECOUNTED),
    kinds=("shape",),
)
