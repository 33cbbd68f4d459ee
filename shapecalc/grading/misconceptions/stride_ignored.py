"""S taken as 1: 227x227 with F=11 S=4 gives 217x217 for 55x55."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output at stride 1."""
    if case.key == "output" and any(part.S > 1 for part in case.fits or case.spreads):
        yield from case.resized(S=1)


MISCONCEPTION = Misconception("stride_ignored", "the stride was ignored", model)
