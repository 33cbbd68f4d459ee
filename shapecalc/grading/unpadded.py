"""A window's formula without padding in a working: by `(48 - 3)/2 + 1 = 23.5` nobody comes to 24
who takes the padding for same, but who rounds that up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import floor
from typing import TYPE_CHECKING

from shapecalc.geometry import quotient
from shapecalc.grading.formula_terms import counted, size_in
from shapecalc.grading.worked_out import worked_out

if TYPE_CHECKING:
    from shapecalc.geometry import Fit
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

SAME, UP = "same_assumed", frozenset(("ceil_for_floor",))


def pads_nothing(formulas: Iterable[str], context: QuestionContext, cause: Cause) -> bool:
    """Say whether a formula without any padding, whichever size it is of, leads to another size
    than the one that is told to be padded: of `(49 - 3)/2 + 1` for 47 the zeros may be in the 49.
    """
    value = cause.wrong.value
    if SAME not in cause.names or context.key != "output" or not isinstance(value, tuple):
        return False
    sizes = [{_size_by(formula, fit) for fit in context.fits} - {None} for formula in formulas]
    return any(found and found.isdisjoint(value[:-1]) for found in sizes)


def _size_by(formula: str, fit: Fit) -> int | None:
    """Return what comes out by a formula that a window has without padding, rounded down."""
    letters = {"F": fit.F, "S": fit.S, "P": 0}
    for last in (counted(1), counted()):
        size = size_in(formula, letters, counted(-fit.span), last)
        if size is not None:
            return floor(quotient(size - fit.span, fit.S)) + 1
    return None


def rounds_up(unrounded: Collection[float], context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a number before it was rounded up stands in a working, among those that are not
    whole; None if it does not.
    """
    if cause.names != UP or context.key != "output":
        return None
    broken = (worked_out(fit.strides()) for fit in context.fits if fit.remainder)
    return any(not {n, n + 1}.isdisjoint(unrounded) for n in broken) or None
