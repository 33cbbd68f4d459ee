"""The dilation left out: 32x32 with F=3 dilation=2 gives 30x30 for 28x28."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(dilation=1)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the filter's own size for the size that it spans."""
    if context.key == "output" and any(
        part.dilation > 1 for part in context.fits or context.transposed_fits
    ):
        yield from context.resized(CHANGE)


MISCONCEPTION = Misconception("dilation_ignored", "the dilation was taken as 1", model, CHANGE)
