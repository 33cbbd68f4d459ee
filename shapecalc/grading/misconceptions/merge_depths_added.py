"""The depths added where volumes are: 8x8x16 + 8x8x16 as 8x8x32 for 8x8x16."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms
from shapecalc.layers.merge import Stretching


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the sum of the sources' depths where a merge goes value by value."""
    if isinstance(context.layer, Stretching):
        depths = context.source_depths
        yield from context.deepened(sum(depths), f"depth {terms(depths)} = {sum(depths)}")


MISCONCEPTION = Misconception(
    "merge_depths_added",
    "the depths were added; this merge goes value by value and keeps the depth",
    model,
    keys=("output",),
)
