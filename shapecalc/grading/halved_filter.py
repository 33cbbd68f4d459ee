"""Half of a filter for the padding, as answers show: `3 (half of 5, rounded up)`, `5/2 = 2.5`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

HALVED = frozenset(("half_filter_padding",))
DOUBLED = frozenset(("padding_doubled",))


class Halving(Protocol):
    """What of a working may show the half of a filter, as `Working` tells it."""

    @property
    def formulas(self) -> tuple[str, ...]: ...
    @property
    def unrounded(self) -> tuple[float, ...]: ...
    @property
    def divided(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def half(self) -> bool: ...
    @property
    def up(self) -> bool: ...


def shows_half(working: Halving, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a padding is half of the filter, as a working shows or as its fraction does by
    itself; None if that is not shown, or stands beside a formula, which may lead there without its
    + 1. That the zeros of both sides were counted is not so where the working has that fraction.
    """
    if cause.names - HALVED - DOUBLED or not context.asks_for("P") or not context.fits:
        return None
    F = context.fits[0].F
    broken = F % 2 == 1 and F / 2 in working.unrounded
    if cause.names == DOUBLED:
        return False if broken else None
    if working.formulas:
        return None
    rounded = isinstance(cause.wrong.value, int)
    told = (F, 2) in working.divided or (working.half and (working.up or not rounded))
    return told or broken or not rounded or None
