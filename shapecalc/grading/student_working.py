"""What a student's own working shows of the formula of sizes: `(32 + 2*2 - 5)/1`, `W - F + 2P`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.geometry import Fit
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.misconceptions.variants import Change, refit

if TYPE_CHECKING:
    from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext

LONGEST = 1000  # characters that are looked through
MOST_FORMULAS = 8  # of one answer
FORMULA = re.compile(r"(?<![\w.])[\dWFSP(\[][\dWFSP()\[\] .+*/×·−-]*")
TWICE_P = re.compile(r"(?<![\w.])2 ?[*·×]? ?P\b")
OVER_S = re.compile(r"(?<=[)\]])\s*(/)\s*(?:\d+|S)")
SIGN = re.compile(r"(?=[-+])")
Terms = Counter[Fraction]


class Working(NamedTuple):
    """The sums that stand in an answer, as texts; empty where there are none."""

    formulas: tuple[str, ...] = ()
    twice_P: bool = False

    def agrees(self, context: QuestionContext, misconception: Misconception) -> bool | None:
        """Say whether it is worked out as who has a misconception does; None if that is not shown.

        The order of the terms and the stride do not matter.
        """
        change = misconception.change
        if change is None or not context.fits:
            return None
        if self.twice_P and change.sides is not None:
            return False
        return any(self._is_of(fit, change) for fit in context.fits) or None

    def _is_of(self, fit: Fit, change: Change) -> bool:
        """Say whether a window's formula stands here with some of its numbers changed."""
        letters = {"W": fit.W, "F": fit.F, "S": fit.S}
        if fit.before == fit.after:
            letters["P"] = fit.before
        wrong = refit(fit, change)
        last = _counted(1 - change.less)
        paddings = (wrong.before + wrong.after,), (wrong.before, wrong.after)
        slid = [_counted(wrong.W, -wrong.span, *padding) for padding in paddings]
        for formula in self.formulas:
            above, over, behind = _parts(formula)
            terms, rest = _terms_of(above, letters), _terms_of(behind, letters)
            if over and terms in slid and rest == last:
                return True
            if not over and terms in [one + last for one in slid]:
                return True
        return False


def working_in(answer: Any) -> Working:
    """Return what is worked out in an answer."""
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return Working()
    found = (match[0].strip() for match in FORMULA.finditer(answer.replace("\u2212", "-")))
    formulas = [text for text in found if re.search(r"[\w)\]]\s*[-+]", text)]
    return Working(tuple(formulas[:MOST_FORMULAS]), bool(TWICE_P.search(answer)))


def _counted(*numbers: int) -> Terms:
    return Counter(Fraction(number) for number in numbers if number)


def _parts(formula: str) -> tuple[str, str, str]:
    """Return what stands above a stroke, the stroke with the stride, and what stands behind it."""
    above, *rest = OVER_S.split(formula, maxsplit=1)
    return (above, rest[0], rest[1]) if rest else (formula, "", "")


def _terms_of(formula: str, letters: Mapping[str, int]) -> Terms | None:
    """Return the signed terms of `32 - 5 + 2P`: 32, -5 and 4; None where it is no sum."""
    text = re.sub(r"(?<=[\d)\]]) ?(?=[WFSP])", "*", formula)
    text = re.sub(r"[WFSP]", lambda letter: str(letters.get(letter[0], letter[0])), text)
    found: Terms = Counter()
    for part in SIGN.split(re.sub(r"[()\[\]\s]", "", text)):
        term = part.lstrip("+-")
        value = Fraction(term) if term.isdecimal() else worked_out(term)
        if value is None and part:
            return None
        if value:
            found[-value if part.startswith("-") else value] += 1
    return found
