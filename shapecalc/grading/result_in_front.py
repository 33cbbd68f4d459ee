"""A number that stands in front of its working: `5760   576*10`, `5760, 576*10`, `18 - 2*9`.

A sheet asks for it so. Blanks side by side, a tab or a comma part it from a working that comes to
it, and so does a colon, or a dash: by a minus 0 would be left. Where it comes to something else
nothing is read so: another one of both may be meant. A field may stand in front of an equation that
it solves, `2, 55 - 5 + 2P + 1 = 55`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.arithmetic import NUMBER, worked_out
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.notation import plain
from shapecalc.grading.outer_brackets import without_outer_brackets
from shapecalc.grading.query import ONCE_FOR_ALL
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.written_sizes import DENIED

FRONT = r"\s*(?P<front>\d{1,3}(?:[ ,]\d{3})+|\d{1,15})"
PARTED = regex(rf"{FRONT}(?P<by>[ \t]{{2,}}|[ ]?\t\s*|[,;] +)(?P<rest>[\w(].*)")
DASHED = regex(rf"{FRONT}(?: +[-\u2013\u2014\u2212]|:) +(?P<rest>[\d(].*)")
# 902, because 75*12 + 12; 902 (75*12 + 12); 902 | 75*12 + 12; 902 # 75*12 + 12
BESIDE = regex(
    rf"{FRONT}(?: *[,;:|#=] *|\s+)(?:(?:because|since|as|from|by)(?: of)?:? +)?"
    r"(?P<rest>[\d(].*?)[ .]*"
)
BETWEEN = regex(r"[,;](?=\s)|\s\+\s|\band\b|\bplus\b")
PLUS = regex(r"\+|\bplus\b")
WORDS = r"[^\W\d_][\w/']*(?:[ -][^\W\d_][\w/']*)*"
TERM = regex(  # conv1 4736; 81*64 outputs; each takes 3*3*32 = 288
    rf"(?:{WORDS}(?: ?[:=])? )?(?P<value>[\d(][\d\s()*x\u00d7.+-]*?)"
    rf"(?: ?= ?(?P<result>[\d,. ]*\d))?(?: {WORDS})?[.]?"
)
PRODUCTS = regex(r"(?<![\w.,])\d+(?: ?[*x\u00d7] ?\d+)*(?![\w.,]*\d)")
WORKED = regex(r"[*/+x\u00d7-]|[^\W\d_]")
CHANGED = regex(
    rf"{DENIED.pattern}|\b(?:half|halved|twice|doubled?|scaled|squared?|tripled?|then \w+ed)\b",
    re.IGNORECASE,
)
NUMBER_AND_SIGN = regex(r"\d[\s)]*[-+*/x\u00d7]")
DIGITS = regex(r"\d+")
MOST = 20  # terms
NEAR = 0.1  # of what a working comes to


class InFront(NamedTuple):
    """The text of a number that an answer begins with, and that of its working."""

    number: str
    working: str


def result_in_front(question: Question, answer: Any) -> InFront | None:
    """Return the number that an answer begins with where the working behind it comes to that."""
    if not isinstance(answer, str) or len(answer) > LONGEST or not _asks_for_one(question):
        return None
    found = PARTED.fullmatch(answer) or DASHED.fullmatch(answer)
    if found is None or not WORKED.search(found["rest"]):
        return None
    number, rest = found["front"], plain(found["rest"])
    value = Fraction(re.sub(r"[ ,]", "", number))
    if worked_out(rest) == value:
        return InFront(number, f"{rest} = {number}")
    if found.re.pattern == DASHED.pattern:
        return None
    if question.query.kind == "field":
        return InFront(number, rest) if _solves(number, question.query.key, rest) else None
    if OR.search(rest) or TAKEN_BACK.search(rest) or DENIED.search(rest):
        return None
    return InFront(number, rest) if _comes_to(rest, value) else None


def beside_another_result(question: Question, answer: Any) -> InFront | None:
    """Return the number that an answer begins with where the sum or product behind it comes to
    another one.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or question.query.form != "number":
        return None
    found = None if question.choices else BESIDE.fullmatch(answer)
    rest = without_outer_brackets(plain(found["rest"])) if found else ""
    number = re.sub(r"[ ,]", "", found["front"]) if found else ""
    worked = _worked_out(rest, number) if NUMBER_AND_SIGN.search(rest) else None
    if found is None or worked is None:
        return None
    front = Fraction(number)
    return InFront(found["front"], rest) if front != worked and is_slip(front, worked) else None


def _worked_out(rest: str, number: str) -> Fraction | None:
    """Return what a working comes to: one sum or product, or the same in several steps, `24*9 + 24
    = 216 + 24`, in which the number in front of it does not stand.
    """
    steps = rest.split("=")
    if len(steps) > 1 and number in DIGITS.findall(rest):
        return None
    values = {worked_out(step.strip()) for step in steps}
    return values.pop() if len(values) == 1 else None


def is_slip(written: float | Fraction, worked: float | Fraction) -> bool:
    """Say whether a number is near enough to what a working beside it comes to for a slip: one that
    is far from it may be a factor of it, 10 (5*5 + 1), or mean something else.
    """
    return abs(float(written) - float(worked)) <= NEAR * abs(float(worked))


def may_be_dashed(question: Question, answer: Any) -> bool:
    """Say whether a dash may part a right count from a working that comes to another one, or is a
    minus. A size is often worked out from one that is as large: 32 - 5 + 1.
    """
    counted = question.query.kind == "record" and question.query.form == "number"
    if not isinstance(answer, str) or len(answer) > LONGEST or not counted:
        return False
    found = DASHED.fullmatch(answer)
    worked = worked_out(plain(found["rest"])) if found else None
    if found is None or worked is None or question.choices:
        return False
    return int(re.sub(r"[ ,]", "", found["front"])) == question.right


def _asks_for_one(question: Question) -> bool:
    form, right = question.query.form, question.right
    if question.choices or question.query.executed:
        return False
    once = question.query.key in ONCE_FOR_ALL  # 9 for 9x9
    one = form == "sizes" and isinstance(right, tuple) and len({*right} if once else right) == 1
    return one or (form in ("number", "field") and isinstance(right, int))


def _solves(number: str, letter: str, equation: str) -> bool:
    """Say whether a number in the place of a letter makes an equation true."""
    letters = re.compile(rf"(?<![A-Za-z])(\d*) ?[*\u00b7\u00d7]? ?{re.escape(letter)}(?![A-Za-z])")
    put_in = letters.sub(lambda found: f"{found[1] or 1}*{number}", equation)
    sides = [_number(side.strip(" .")) for side in put_in.split("=")]
    return put_in != equation and len(sides) > 1 and None not in sides and len({*sides}) == 1


def _comes_to(rest: str, value: Fraction) -> bool:
    """Say whether the terms of a text that tells them in words are summed, or multiplied, a value;
    each that has a result has the right one.
    """
    terms = [TERM.fullmatch(part.strip()) for part in BETWEEN.split(rest)]
    values = [None if term is None else _value(term) for term in terms]
    unread = None in values and "=" not in rest
    if unread and not CHANGED.search(rest):  # each of the 24*24*10 outputs needs 75
        values = [_number(product) for product in PRODUCTS.findall(rest)[: MOST + 1]]
    if not 1 < len(values) <= MOST or None in values:
        return False
    numbers = [v for v in values if v is not None]
    multiplied = not PLUS.search(rest) and min(numbers) > 1 and prod(numbers) == value
    return multiplied or sum(numbers) == value


def _number(text: str) -> Fraction | None:
    return Fraction(re.sub(r"[,_']", "", text)) if NUMBER.fullmatch(text) else worked_out(text)


def _value(term: re.Match[str]) -> Fraction | None:
    text = term["value"].strip()
    number = _number(text)
    result = term["result"]
    if result and number != Fraction(re.sub(r"[ ,]", "", result)):
        return None
    return number
