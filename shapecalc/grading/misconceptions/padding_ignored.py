"""P left out: (W - F)/S + 1, so 32x32 with F=5 P=2 gives 28x28."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output without padding."""
    if case.key == "output" and any(map(any, case.borders)):
        yield from case.resized(sides=lambda before, after: (0, 0))


MISCONCEPTION = Misconception("padding_ignored", "P was left out", model)
