"""The two values between which an answer leaves the choice to its reader: 5,160 or 5,120."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from shapecalc.grading.answers import OR
from shapecalc.grading.comparison import ways_to_read
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value, flat
from shapecalc.grading.wording import in_a_row
from shapecalc.grading.written_numbers import Unreadable

FORMS = ("number", "sizes")


def left_to_choose(question: Question, answer: Any) -> str:
    """Return the two values of an answer that has one on each side of its `or`, as they are shown;
    empty where these are not two of one kind, or where one can be meant in several ways.
    """
    if not isinstance(answer, str) or question.choices or question.query.form not in FORMS:
        return ""
    parts = [part.strip(" ,;.?!()") for part in OR.split(answer)]
    found: list[Value] = []
    for part in filter(None, parts):
        with suppress(Unreadable):
            ways = {way.value for way in ways_to_read(question, part)}
            if len(ways) > 1:
                return ""
            found += [value for value in ways if value not in found]
    alike = len(found) == 2 and len(flat(found[0])) == len(flat(found[1]))
    return in_a_row([question.shown(value) for value in found]) if alike else ""
