"""P left out: (W - F)/S + 1, so 32x32 with F=5 P=2 gives 28x28."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(sides=lambda before, after: (0, 0))


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output without padding."""
    if any(map(any, context.borders)):
        yield from context.resized(CHANGE)


MISCONCEPTION = Misconception(
    "padding_ignored", "the padding P was left out", model, CHANGE, keys=("output",)
)
