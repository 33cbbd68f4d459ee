"""The padding of a filter as if it had no dilation, as workings show: `(3 - 1)/2 = 1` where the
filter spans 5, or the window's formula with the 3.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.formula_terms import counted, parts, stands, terms_of

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

UNDILATED = frozenset(("dilation_ignored",))


class Worked(Protocol):
    """What a working has: its formulas, and all of its numbers."""

    @property
    def formulas(self) -> Collection[str]: ...
    @property
    def numbers(self) -> Collection[float]: ...


def shows_no_dilation(working: Worked, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a padding was found with the filter's own size, not so where the working has the
    size that it spans; None if neither is shown.
    """
    P = cause.wrong.value
    if cause.names != UNDILATED or not context.asks_for("P") or not isinstance(P, int):
        return None
    for fit in context.fits:
        letters = {"W": fit.W, "F": fit.F, "S": fit.S, "P": P}
        slid = [counted(fit.W, -fit.F, *zeros) for zeros in ((2 * P,), (P, P))]
        if any(
            stands(formula, letters, slid, counted(1)) or _is_half(formula, letters)
            for formula in working.formulas
        ):
            return True
    spans = {fit.span for fit in context.fits if fit.span != fit.W}
    shown = {*working.numbers, *map(worked_out, working.formulas)}
    return None if spans.isdisjoint(shown) else False


def _is_half(formula: str, letters: dict[str, int]) -> bool:
    """Say whether a formula is (F - 1)/2."""
    above, _, behind = parts(formula)
    half = formula.replace(" ", "").endswith("/2") and not behind.strip()
    return half and terms_of(above, letters) == counted(letters["F"], -1)
