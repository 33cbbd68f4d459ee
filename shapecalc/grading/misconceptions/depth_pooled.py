"""A pool shrinks the depth too: 32x32x16 with F=2 S=2 gives 16x16x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import refit
from shapecalc.layers.pool import Pool
from shapecalc.reports.working import sentence


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output with the window slid over the depth as well."""
    if case.key == "output" and isinstance(case.layer, Pool) and case.fits:
        fit = refit(case.fits[0]._replace(W=case.volume[-1]))
        yield from case.deepened(fit.size, f"depth {sentence(fit.derivation())}")


MISCONCEPTION = Misconception(
    "depth_pooled", "the depth was pooled too; a pool works slice by slice", model
)
