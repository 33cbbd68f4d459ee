"""What a working comes to, whatever is written behind it: 2,616 for `6*6*3*24 + 24 = 2606`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import log
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import OVER, TIMES, worked_out
from shapecalc.grading.comparison import is_right
from shapecalc.grading.notation import SO, plain
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_sums import stated_result
from shapecalc.grading.values import Number, Value
from shapecalc.grading.written import is_rounded_from

LAST = regex(rf"[\d\s()\[\].,_'+^{TIMES}{OVER}-]+$")
# A word in front of a sum says what it is; what else stands there is a part of it: `ln(`, `3 K*`,
# and so is the name of a function, or of an operation.
SAYS_WHAT = regex(r"\b([A-Za-z]{2,}) +$")
STARTS = regex(r"[\d(\[.]")
NO_LABEL = regex(
    r"ln|log|lg|exp|sqrt|root|max|min|abs|floor|ceil|tanh|sigmoid|sigma|relu|softmax|sum|mean"
    r"|average|of|times|by|plus|minus|over|half|twice|double|per|percent|negative",
    re.IGNORECASE,
)
LN = regex(r"([-+]?) ?ln ?(\()? ?(\d{0,9}\.?\d{1,20}) ?(?(2)\))")  # of a number alone
PARTED = regex(r"[,;] |:")
# A value in front of its working, which may end with it: 0.87 (-ln 0.38), 0.87 (-ln 0.38 = 0.87)
IN_FRONT = regex(
    r"(?P<value>[-+]?\d{0,9}\.?\d{1,9}) ?"
    r"(?:\((?P<aside>[^=]+?)(?: ?= ?(?P<again>[-+]?[\d.]+))?\)|= ?(?P<working>[^=]+))"
)


def slipped_from(question: Question, answer: Any, ways: Sequence[Reading]) -> Value | None:
    """Return what the working of an answer comes to, where that is not what it is read as; of a
    length as the only size.

    None as well where the answer is that number rounded. A hyperparameter is a whole number.
    """
    form, right = question.query.form, question.right
    of_length = form == "sizes" and isinstance(right, tuple) and len(right) == 1
    if form not in ("number", "field") and not of_length:
        return None
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return None
    if form == "number" and stated_result(answer) is not None:
        return None
    text = SO.sub("=", plain(answer))
    behind = IN_FRONT.fullmatch(text.strip()) if question.query.executed else None
    parts = (_result_last(behind) if behind else text).split("=")
    result = _at_the_end(PARTED.split(parts[-2])[-1].strip()) if len(parts) > 1 else None
    whole = question.query.exact or of_length
    if result is None or (whole and result.denominator != 1):
        return None
    number: Number = int(result) if result.denominator == 1 else float(result)
    if whole and number != right and _is_another(parts, result):
        return None
    bare = behind is not None and not (behind["again"] or behind["working"])
    if bare and not is_right(question, number):
        return None  # that it is the same is not said
    for reading in ways:
        stated: Any = reading.value
        if of_length and isinstance(stated, tuple) and len(stated) == 1:
            stated = stated[0]
        if not isinstance(stated, int | float) or isinstance(stated, bool):
            return None
        if abs(stated - number) <= reading.off or question.tolerance.near(number, stated):
            return None
        if is_rounded_from([stated], [number]):
            return None
    return (number,) if of_length else number


def _result_last(found: re.Match[str]) -> str:
    """Return a value with its working behind it as the same with the value last."""
    value = found["again"] or found["value"]
    return (
        f"{found['aside'] or found['working']} = {value}" if value == found["value"] else found[0]
    )


def _is_another(parts: Sequence[str], result: Fraction) -> bool:
    """Say whether what a last step comes to is not what the one in front of it does, which shows
    how it was meant, `24*(3*7*7 + 1) = 24*150 = 3452`: the step itself has a slip.
    """
    if len(parts) < 3 or PARTED.search(parts[-2]):
        return False
    before = _at_the_end(PARTED.split(parts[-3])[-1].strip())
    goes_on = before is not None and re.match(rf"\s*{before}(?![\d.])", parts[-2])  # 147 * 24
    exact = before is not None and before.denominator == 1  # nothing is rounded down
    return exact and before != result and not goes_on


def _at_the_end(text: str) -> Fraction | None:
    """Return what the sum or product at the end of a text comes to, with all that belongs to it:
    None where it is none of numbers alone; of functions a natural logarithm is worked out.
    """
    logarithm = LN.fullmatch(text)
    if logarithm and float(logarithm[3]):
        found = Fraction(log(float(logarithm[3])))
        return -found if logarithm[1] == "-" else found
    last = LAST.search(text)
    if last is None:
        return None
    blanks = len(last[0]) - len(last[0].lstrip())
    before, formula = text[: last.start() + blanks], last[0].strip()
    says = SAYS_WHAT.search(before)
    if before and not (says and not NO_LABEL.fullmatch(says[1]) and STARTS.match(formula)):
        return None
    return worked_out(formula)
