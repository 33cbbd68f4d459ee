"""Formulas in a student's working that say which volume a window slides over: 14 in (14 - 3)/2."""

from __future__ import annotations

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.variants import Change
from shapecalc.grading.student_working import NUMBER, Working


def stated(working: Working, fit: Fit, change: Change) -> frozenset[str]:
    """Return the formulas of a working that are a window's on its W, with some numbers changed."""
    on_it = (f for f in working.formulas if str(fit.W) in NUMBER.findall(f))
    return frozenset(f for f in on_it if Working((f,)).stands(fit, change))
