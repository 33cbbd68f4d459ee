"""MACs at the input's size: 227*227 positions for 55*55 with a stride of 4."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import refit


def model(case: Case) -> Iterable[Wrong]:
    """Yield the MACs or FLOPs with the filter at each of the input's positions, or at stride 1."""
    if case.key in ("macs", "flops") and case.fits:
        yield from case.recounted(positions=case.volume[:-1])
        if any(fit.S > 1 for fit in case.fits):
            sizes = [refit(fit, S=1).size for fit in case.fits]
            if tuple(sizes) != case.volume[:-1]:
                yield from case.recounted(positions=sizes)


MISCONCEPTION = Misconception(
    "macs_at_input_size",
    "the multiplications were counted for every position of the input, not of the output",
    model,
)
