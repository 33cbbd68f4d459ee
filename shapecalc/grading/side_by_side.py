"""A pool's windows side by side in a working: `(7-3)/3 + 1` of a 3x3 window that moves by 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from shapecalc.grading.misconceptions.variants import Change

if TYPE_CHECKING:
    from shapecalc.geometry import Fit
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

NAME = frozenset(("pool_stride_from_filter",))


class Worked(Protocol):
    """What a working tells of a window's formula."""

    def stands(self, fit: Fit, change: Change) -> bool:
        """Say whether a window's formula stands there with some of its numbers changed."""


def shows_side_by_side(working: Worked, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a pool's size is worked out with F as the stride; None if that is not shown."""
    if cause.names != NAME or context.key != "output":
        return None
    return any(working.stands(fit, Change(S=fit.F)) for fit in context.fits) or None
