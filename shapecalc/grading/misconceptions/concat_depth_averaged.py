"""The depths averaged: 8x8x16 joined with 8x8x32 as 8x8x24 for 8x8x48."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms
from shapecalc.layers.merge import Concat


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the mean of the sources' depths."""
    if isinstance(context.layer, Concat):
        depths = context.source_depths
        if depths and not sum(depths) % len(depths):
            mean = sum(depths) // len(depths)
            yield from context.deepened(mean, f"depth ({terms(depths)})/{len(depths)} = {mean}")


MISCONCEPTION = Misconception(
    "concat_depth_averaged", "the depths were averaged; concat adds them", model, keys=("output",)
)
