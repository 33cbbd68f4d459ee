"""Half of a filter for the padding, as the words of an answer show: `3 (half of 5, rounded up)`."""

from __future__ import annotations

from shapecalc.grading.cause import Cause
from shapecalc.grading.misconceptions import half_filter_padding
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.student_working import Working

NAME = half_filter_padding.MISCONCEPTION.name


def as_halved(found: Cause, context: QuestionContext, working: Working) -> Cause:
    """Return of the mistakes that may be behind a padding the one with half of the filter, as
    certain, where a working shows that half and no formula, which may lead there without its + 1;
    otherwise what was found.
    """
    halved = next((cause for cause in found.either or (found,) if cause.names == {NAME}), None)
    if halved is None or not context.fits or working.formulas:
        return found
    F = context.fits[0].F
    rounded = isinstance(halved.wrong.value, int)
    told = working.half or (F, 2) in working.divided
    shown = (told and (working.up or not rounded)) or (rounded and F / 2 in working.unrounded)
    return halved._replace(sure=True) if shown else found
