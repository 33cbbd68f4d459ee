"""Weights in a pool: 2*2*6 = 24 for 2x2 on depth 6, which learns nothing."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import times
from shapecalc.layers.pool import Pool


def model(case: Case) -> Iterable[Wrong]:
    """Yield what a convolution with the same window would have: shared, a slice each, or full."""
    if case.key not in ("parameters", "weights") or not isinstance(case.layer, Pool):
        return
    if not case.fits:
        return
    window, D = [fit.F for fit in case.fits], case.volume[-1]
    for factors in (window, [*window, D], [*window, D, D]):
        value, text = prod(factors), times(factors)
        yield Wrong(value, f"{text} = {value:,}")
        for biases in (1, D) if case.key == "parameters" else ():
            yield Wrong(value + biases, f"{text} + {biases} = {value + biases:,}")


MISCONCEPTION = Misconception("pool_has_weights", "a pool has no weights", model)
