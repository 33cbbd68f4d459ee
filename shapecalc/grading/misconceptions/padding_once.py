"""P counted on one side only: (W - F + P)/S + 1."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong, refit


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output with the padding of the first side alone."""
    if case.key == "output" and any(fit.before and fit.after for fit in case.fits):
        yield from case.sized(lambda fit: refit(fit, sides=(fit.before, 0)))


MISCONCEPTION = Misconception("padding_once", "P was counted on one side only", model)
