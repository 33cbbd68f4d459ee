"""The two values between which an answer leaves a choice to its reader: 5,160 or 5,120, 3 (-2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.both_sides import ZEROS
from shapecalc.grading.comparison import ways_to_read
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Value, flat
from shapecalc.grading.wording import in_a_row
from shapecalc.grading.written_numbers import Unreadable

FORMS = ("number", "sizes", "field")
NUMBER = regex(r"(?<![\w.,])[-−]?\d+(?:\.\d+)?(?![\w.,]*\d)")
MOST = 20  # numbers of a text
# It needs 2, 1 on each side.
OF_A_SIDE = regex(
    rf"[^\d]*(?P<one>\d{{1,4}}){ZEROS}[,:;]? \(?(?:(?:so|which is|that is|i\.e\.),? )?"
    rf"(?P<other>\d{{1,4}}){ZEROS} on each side\W*",
    re.IGNORECASE,
)


def left_to_choose(question: Question, answer: Any) -> str:
    """Return the two values of an answer that has one on each side of its `or`, as they are shown;
    empty where these are not two of one kind, or where one can be meant in several ways.
    """
    if not isinstance(answer, str) or question.choices or question.query.form not in FORMS:
        return ""
    sides = OF_A_SIDE.fullmatch(answer) if question.query.key == "P" else None
    if sides and sides["one"] != sides["other"] and len(answer) <= LONGEST:
        return f"{sides['one']} and {sides['other']} on each side"
    parts = [part.strip(" ,;.?!()") for part in OR.split(answer)]
    found: list[Value] = []
    for part in filter(None, parts):
        with suppress(Unreadable):
            ways = {way.value for way in ways_to_read(question, part)}
            if len(ways) > 1:
                return ""
            found += [value for value in ways if value not in found]
    lone = [NUMBER.findall(part) for part in parts]
    if len(found) < 2 and sorted(map(len, lone))[-2:] == [1, 1] and sum(map(len, lone)) == 2:
        (one,), (other,) = filter(None, lone)  # 1 pixel on each side, or maybe 2
        return in_a_row([one, other]) if question.query.form != "sizes" and one != other else ""
    alike = len(found) == 2 and len(flat(found[0])) == len(flat(found[1]))
    return in_a_row([question.shown(value) for value in found]) if alike else ""


def two_values(question: Question, answer: Any, ways: Sequence[Reading]) -> str:
    """Return the number that was read in an answer and the right one beside it, in their order, as
    they are written; empty where one of them does not stand there.
    """
    if not isinstance(answer, str) or question.query.form != "number" or question.choices:
        return ""
    read = [way.value for way in ways if isinstance(way.value, int | float)]
    found: dict[bool, str] = {}
    for number in islice(NUMBER.finditer(answer), MOST):
        value, near = float(number[0].replace("\u2212", "-")), question.tolerance.near
        right = isinstance(question.right, int | float) and near(question.right, value)
        if right or any(near(one, value) for one in read):
            found.setdefault(right, number[0])
    return in_a_row([*found.values()]) if len(found) == 2 else ""
