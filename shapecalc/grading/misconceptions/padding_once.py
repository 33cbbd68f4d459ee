"""P counted on one side only: (W - F + P)/S + 1, so 32x32 with F=5 P=2 gives 30x30."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(sides=lambda before, after: (before, 0))


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the padding of the first side alone."""
    if context.key == "output" and any(before and after for before, after in context.borders):
        yield from context.resized(CHANGE)


MISCONCEPTION = Misconception(
    "padding_once", "the padding P was added on one side only; it goes on both", model, CHANGE
)
