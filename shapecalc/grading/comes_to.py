"""What a working comes to, whatever is written behind it: 2,616 for `6*6*3*24 + 24 = 2606`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import log, nan
from typing import Any, NamedTuple

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import OVER, TIMES, worked_out
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.notation import SO, plain, with_aside
from shapecalc.grading.outer_brackets import is_enclosed
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_sums import stated_result
from shapecalc.grading.values import Number, Value, flat
from shapecalc.grading.written import is_rounded_from
from shapecalc.grading.written_numbers import Unreadable

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
LOG = regex(r"[-+]? ?l(?:n|og)_?\{?(?:10|2|e)?\}? ?\(? ?(\d{0,9}\.?\d{1,20}) ?\)?")  # to any base
NEGATIVE = regex(
    r"(?<=[-+*/\u00d7\u00b7]) ?-(\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})(?![\d.]| ?(?:\^|\*\*))"
)  # 2*-1 + -3
PARTED = regex(r"[,;] |:")
VALUE = r"(?P<value>[-+]?\d{0,9}\.?\d{1,9})"
EQUALS = regex(rf"{VALUE} ?= ?(?P<working>[^=]+)")
# A value in front of its working in brackets, which may end with it: 0.87 (-ln 0.38 = 0.87)
BRACKETED = regex(rf"{VALUE} ?(?P<inside>[(\[](?P<working>.+)[)\]])")
LOSS = regex(r"(?:the )?(?:loss|cost|CE|L|J) ?(?:=|is\b) ?", re.IGNORECASE)


class Beside(NamedTuple):
    """A value and its working in brackets behind it, as they are written; whether that has the
    value as its result `again`, and whether it says that it `equals` the value.
    """

    value: str
    working: str
    again: bool
    equals: bool


def before_its_working(question: Question, answer: Any) -> str:
    """Return the value that an answer gives in front of its working in brackets: -0.63 of `-0.63
    (-1 - 0.5*(-0.73))`, 0.87 of `0.87 (= -ln 0.38)`. Nothing of another answer, or one that
    may be read as a product, nor where the value is right, its minus maybe a dash, and the working
    is not.
    """
    beside = _beside(question, answer)
    if beside is None or not (beside.equals or _is_unread(question, answer)):
        return ""
    value, result = float(beside.value), result_of(beside.working)
    worked = nan if result is None else float(result)
    if _is_right(question, value):
        return beside.value if _is_right(question, worked) else ""
    product = not beside.equals and _is_right(question, value * worked)
    return "" if product or _is_right(question, -value) else beside.value


def _is_unread(question: Question, answer: Any) -> bool:
    """Say whether an answer cannot be read as it is."""
    try:
        return not ways_to_read(question, answer)
    except Unreadable:
        return True


def _beside(question: Question, answer: Any) -> Beside | None:
    """Return the one value that an answer gives with one sum, product or logarithm of numbers alone
    in brackets behind it; None for another answer, and for several values or a size.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or not _is_one_value(question):
        return None
    text = SO.sub("=", with_aside(answer)).strip(" .")
    if question.query.key == "loss":
        text = LOSS.sub("=", text).removeprefix("=")
    found = BRACKETED.fullmatch(text)
    if found is None or not is_enclosed(found["inside"]):
        return None
    leads = found["working"].startswith("=")
    parts = [part.strip() for part in found["working"][leads:].split("=")]
    again = len(parts) == 2 and parts[1] == found["value"]
    logarithm = LOG.fullmatch(parts[0])
    probability = logarithm is not None and logarithm[1] == found["value"]
    known = logarithm is not None or result_of(parts[0]) is not None
    if len(parts) - again != 1 or not known or probability:
        return None
    return Beside(found["value"], parts[0], again, leads or again)


def _is_right(question: Question, number: float) -> bool:
    return is_right(question, (number,) if question.query.form == "array" else number)


def slipped_from(question: Question, answer: Any, ways: Sequence[Reading]) -> Value | None:
    """Return what the working of an answer comes to, where that is not what it is read as; of a
    length as the only size.

    None as well where the answer is that number rounded. A hyperparameter is a whole number.
    """
    form, right = question.query.form, question.right
    of_length = form == "sizes" and isinstance(right, tuple) and len(right) == 1
    alone = _is_one_value(question)
    if form not in ("number", "field") and not (of_length or alone):
        return None
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return None
    if form == "number" and stated_result(answer) is not None:
        return None
    beside = _beside(question, answer)
    text = SO.sub("=", plain(answer))
    equal = EQUALS.fullmatch(text.strip()) if alone else None
    behind = beside or (Beside(equal["value"], equal["working"], True, True) if equal else None)
    parts = (f"{behind.working} = {behind.value}" if behind else text).split("=")
    result = result_of(PARTED.split(parts[-2])[-1].strip()) if len(parts) > 1 else None
    whole = question.query.exact or of_length
    if result is None or (whole and result.denominator != 1):
        return None
    number: Number = int(result) if result.denominator == 1 else float(result)
    if whole and number != right and _is_another(parts, result):
        return None
    worked = (number,) if of_length or form == "array" else number
    if behind and not (behind.again or is_right(question, worked)):
        return None  # that it is the same is not said
    for reading in ways:
        stated: Any = reading.value
        if worked != number and isinstance(stated, tuple) and len(flat(stated)) == 1:
            (stated,) = flat(stated)
        if not isinstance(stated, int | float) or isinstance(stated, bool):
            return None
        if abs(stated - number) <= reading.off or question.tolerance.near(number, stated):
            return None
        if is_rounded_from([stated], [number]):
            return None
    return worked


def _is_one_value(question: Question) -> bool:
    """Say whether one value of an example is asked for, which may be an array's only one."""
    query = question.query
    return query.executed and (
        query.form == "number" or (query.form == "array" and len(flat(question.right)) == 1)
    )


def _is_another(parts: Sequence[str], result: Fraction) -> bool:
    """Say whether what a last step comes to is not what the one in front of it does, which shows
    how it was meant, `24*(3*7*7 + 1) = 24*150 = 3452`: the step itself has a slip.
    """
    if len(parts) < 3 or PARTED.search(parts[-2]):
        return False
    before = result_of(PARTED.split(parts[-3])[-1].strip())
    goes_on = before is not None and re.match(rf"\s*{before}(?![\d.])", parts[-2])  # 147 * 24
    exact = before is not None and before.denominator == 1  # nothing is rounded down
    return exact and before != result and not goes_on


def result_of(text: str) -> Fraction | None:
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
    return worked_out(NEGATIVE.sub(r"(-\1)", formula))
