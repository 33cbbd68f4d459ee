"""Rounded down where it is said to be rounded up: 7x7, F=2 S=2, ceil gives 4, not 3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(rounding="floor")


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output without the last, shorter window of `rounding: ceil`."""
    if any(fit.policy == "ceil" and fit.remainder for fit in context.fits):
        yield from context.resized(CHANGE)


MISCONCEPTION = Misconception(
    "floor_for_ceil", "the size was rounded down, not up", model, CHANGE, keys=("output",)
)
