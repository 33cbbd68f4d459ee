"""F for F*F: 10 filters of 5x5 on depth 3 give 5*3*10 + 10 = 160 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield filters of F values a slice; at D = F that is the number without the depth."""
    own = case.weighted
    if own is None or own.dense or len(own.F) == 1 or len({*own.F}) > 1:
        return
    if case.key == "flops" and prod(own.F) == 2 * own.F[0]:
        return  # F = 2: half of the FLOPs are the MACs
    if own.F[0] * own.deep != prod(own.F):
        yield from case.recounted(F=own.F[:1])


MISCONCEPTION = Misconception("filter_not_squared", "F was not squared", model)
