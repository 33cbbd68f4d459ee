"""Whether an answer gives the right number and another one as well, as the same: `0.962 = 59.2%`,
`7.4/12.5 = 0.962, rounded`, `5.5 2*1 + 0.5 = 2.5`.

A digit was turned round, or one of both is a slip: what is meant a person has to say.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from shapecalc.grading.answers import LONGEST, readings
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.comparison import is_right
from shapecalc.grading.notation import on_one_line
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written import is_rounded_from
from shapecalc.grading.written_numbers import Unreadable

NUMBER = r"[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
PLAIN = regex(rf"({NUMBER})( ?%)?")
EQUALS = regex(r"[=\u2248\u2245]")
PARTS = regex(r"[,;]\s|\n")  # 7.389 = e^2, 7.389/12.477 = 0.592
# A number, and a working with its result behind a blank or a dash; `1 200*2 = 2400` is one number.
BESIDE = regex(
    rf"({NUMBER})( | [-\u2013\u2014] )(?!\d{{3}}\b)(-?[\d.(][^=]*[-+*/^·×][^=]*)= ?({NUMBER})\.?"
)
REMARK = regex(r"[^\d=]*")


def gives_another(question: Question, answer: str) -> bool:
    """Say whether one of two numbers that an answer gives as the same is right."""
    if question.query.form != "number" or len(answer) > LONGEST:
        return False
    text = on_one_line(answer)
    if not EQUALS.search(text):
        return False
    first, *others = PARTS.split(text)  # 98,304, +96 = 98,400 goes on
    parts = [first, *(part for part in others if part.lstrip()[:1] not in ("", "+", "-"))]
    chains = (map(_number, EQUALS.split(part)) for part in parts)
    if any(_are_others(question, *pair) for chain in chains for pair in pairwise(chain)):
        return True
    return _beside_its_working(question, text) or _is_its_result(question, text)


def _is_its_result(question: Question, text: str) -> bool:
    """Say whether a working of numbers that comes to the right one has another for its result, with
    a remark behind that.
    """
    first, *remarks = PARTS.split(text)
    working, equals, result = first.rpartition("=")
    told = _number(result)
    if told is None or not equals or not remarks or not all(map(REMARK.fullmatch, remarks)):
        return False
    with suppress(Unreadable):
        worked = readings(working, "number")[0].value
        return isinstance(worked, int | float) and _are_others(question, told, worked)
    return False


def _beside_its_working(question: Question, text: str) -> bool:
    """Say whether a number stands in front of a working with another result, which does not go on
    from it.
    """
    found = BESIDE.fullmatch(text)
    if found is None or PARTS.search(text):
        return False
    number, by, working, result = found.groups()
    goes_on = worked_out(f"{number} - {working}") if by.strip() else None
    told = _number(result)
    if goes_on is not None and told is not None and is_rounded_from([told], [float(goes_on)]):
        return False
    return _are_others(question, _number(number), told)


def _number(text: str) -> Number | None:
    """Return the number that a text is, and nothing else."""
    found = PLAIN.fullmatch(text.strip())
    if found is None:
        return None
    with suppress(Unreadable):
        value = readings(found[1], "number")[0].value
        if isinstance(value, int | float):
            return value / 100 if found[2] else value
    return None


def _are_others(question: Question, one: Number | None, other: Number | None) -> bool:
    """Say whether two numbers are not the same, and one of them is right."""
    if one is None or other is None or _are_near(question, one, other):
        return False
    return is_right(question, one) != is_right(question, other)


def _are_near(question: Question, one: Number, other: Number) -> bool:
    near = question.tolerance.near
    rounded = is_rounded_from([one], [other]) or is_rounded_from([other], [one])
    return rounded or near(one, other) or near(other, one)
