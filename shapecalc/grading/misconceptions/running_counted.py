"""A batch norm's running mean and variance counted: 4*64 = 256 for 128 parameters."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the parameters with what is kept but not learned, of a layer or of the network."""
    if case.key != "parameters" or not isinstance(case.right, int):
        return
    kept = case.record.non_trainable if case.record else None
    if case.total:
        kept = case.subject.trace.totals["non_trainable"]
    if kept:
        yield Wrong(case.right + kept, f"{case.right:,} + {kept:,} = {case.right + kept:,}")


MISCONCEPTION = Misconception(
    "running_counted", "the running mean and variance were counted; they are not learned", model
)
