"""The depth multiplied by the filters: 32x32x3 with 10 filters gives 32x32x30."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.conv import Conv
from shapecalc.layers.conv_transpose import ConvTranspose


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output D*K deep."""
    if isinstance(context.layer, Conv | ConvTranspose) and context.volume:
        D, K = context.volume[-1], context.layer.K
        yield from context.deepened(D * K, f"depth {D}*{K} = {D * K}")


MISCONCEPTION = Misconception(
    "depth_multiplied",
    "the depths were multiplied; every filter gives one slice",
    model,
    keys=("output",),
)
