"""The output keeps the input's depth: 32x32x3 with 10 filters gives 32x32x3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output with the input's depth."""
    if case.key == "output" and case.weighted and len(case.volume) > 1:
        yield from case.deepened(case.volume[-1], f"depth {case.volume[-1]} kept")


MISCONCEPTION = Misconception(
    "depth_kept",
    "the depth of the output is the number of filters, not the depth of the input",
    model,
)
