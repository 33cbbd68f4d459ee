"""Rounded down where it is said to be rounded up: 7x7, F=2 S=2, ceil gives 4, not 3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import refit


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output without the last, shorter window of `rounding: ceil`."""
    if case.key == "output" and any(fit.policy == "ceil" and fit.remainder for fit in case.fits):
        yield from case.sized(lambda fit: refit(fit, rounding="floor"))


MISCONCEPTION = Misconception("floor_for_ceil", "the size was rounded down", model)
