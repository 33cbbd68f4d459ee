"""One filter only: 5*5*3 + 1 = 76 for 10 filters with 760 parameters."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the count for K = 1, or an output one slice deep."""
    own = case.weighted
    if own is None or own.K == 1 or own.dense:
        return
    yield from case.recounted(K=1)
    if case.key == "output":
        yield from case.deepened(1, "one filter gives one slice")


MISCONCEPTION = Misconception("forgot_filters", "one filter was counted, not all of them", model)
