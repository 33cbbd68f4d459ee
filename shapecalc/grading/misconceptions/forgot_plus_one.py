"""The + 1 forgotten: (W - F + 2P)/S, so 32x32 with F=5 P=2 gives 31x31; a field of 29 for 30."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(less=1)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one window less on each axis."""
    fits = context.fits
    if context.key != "output" or any(fit.follows for fit in fits):
        return
    yield from context.resized(CHANGE)


MISCONCEPTION = Misconception("forgot_plus_one", "the + 1 was forgotten", model, CHANGE)
