"""A mistake that a working shows by its number before this was rounded up: the + 1 forgotten
in `15.5, rounded up 16`, where 16.5 rounded down is 16 as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shapecalc.grading.cause import Cause
from shapecalc.grading.frequency import COMMON
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value
from shapecalc.grading.worked_out import worked_out


def rounded_up(
    context: QuestionContext, value: Value, working: Working, made: Collection[str]
) -> Cause | None:
    """Return the only common mistake that gives a volume by a number which its working has and
    rounds up, and the right formula has not; of several that of which the formula stands there, or
    that is `made` elsewhere.
    """
    broken = [n for n in working.unrounded if n != int(n)]
    if context.key != "output" or not context.fits or not working.up or not broken:
        return None
    if _before_rounding(context, Change()) & {*broken}:
        return None
    found = [cause for cause in _rounding_up(context, broken) if cause.wrong.value == value]
    shown = [c for c in found if c.misconception.change and _stands(context, working, c)]
    told = [c for c in found if c.names <= {*made}]
    likely = shown or told or found
    return likely[0] if len(likely) == 1 else None


def _rounding_up(context: QuestionContext, broken: Sequence[float]) -> list[Cause]:
    """Return the common mistakes that come to one of these numbers, with what they give rounded
    up.
    """
    return [
        Cause(misconception, wrong)
        for misconception in misconceptions()
        if (change := misconception.change) is not None
        and misconception.name in COMMON
        and change.rounding is None
        and _before_rounding(context, change) & {*broken}
        for wrong in context.sized(change._replace(rounding="ceil"))
    ]


def _stands(context: QuestionContext, working: Working, cause: Cause) -> bool:
    change = cause.misconception.change
    return change is not None and any(working.stands(fit, change) for fit in context.fits)


def _before_rounding(context: QuestionContext, change: Change) -> set[float]:
    """Return what the sizes are with a change before they are rounded."""
    fits = [refit(fit, change) for fit in context.fits]
    return {worked_out(fit.strides()) + 1 - change.less for fit in fits}
