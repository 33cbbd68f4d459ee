"""Filters without depth: 10 filters of 5x5 on depth 3 give 5*5*10 + 10 = 260 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import times


def model(case: Case) -> Iterable[Wrong]:
    """Yield the count with filters one slice deep; also the values of one slice of the output."""
    own = case.weighted
    if own and own.F and own.deep > 1 and (prod(own.F) > 1 or not own.dense):
        yield from case.recounted(deep=1)
        if case.key == "im2col" and isinstance(case.right, tuple):
            window, positions = prod(own.F), case.right[-1]
            yield Wrong((window, positions), f"{times(own.F)} = {window} values in a window")
    if case.key == "activations" and len(case.output) > 1:
        sizes = case.output[:-1]
        yield Wrong(prod(sizes), f"{times(sizes)} = {prod(sizes):,}")


MISCONCEPTION = Misconception("forgot_depth", "the depth of the filters was forgotten", model)
