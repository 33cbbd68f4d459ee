"""The number or the volume that an answer ends with as its conclusion: `5, then wide 7, pool 9,
body 11. So 11.`, `(33 - 5 + 4)/2 + 1 = 17, and since there are 16 filters the volume is 17x17x16`.

What it begins with is a step on the way there. Where the steps do not plainly lead to what is
concluded, and where somebody goes on from a first number without a conclusion, `5, then wide 7`, a
person has to say what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.comparison import can_answer, in_full, is_right, ways_to_read
from shapecalc.grading.notation import plain
from shapecalc.grading.query import ONCE_FOR_ALL, Query
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.result_in_front import InFront
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.grading.written_sizes import VOLUME

NUMBER = r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,12})?(?![.,]?\d)"
VALUE = rf"(?P<value>{NUMBER}(?: ?[xX×] ?\d{{1,9}}){{0,3}})"
SO = (
    r"(?:so|thus|hence|therefore|finally|in (?:total|all)|altogether"
    r"|(?:which|that) (?:is|makes|gives))"
)
RESULT = r"(?:(?:the|my|its) )?(?:final |whole )?(?:answer|result|total)"
NAMED = r"(?:(?:the|my|its) (?:NAME)|NAME|it)"  # the volume is 17x17x16, at the end of a text
CONCLUSION = (
    rf"(?<![\w.])(?:{SO}\b[,:]? (?:(?:we get|i get|(?:{RESULT}|{NAMED})(?: is)?:?) )?"
    rf"|{RESULT}(?: is| ?[:=]) ?|(?P<named>{NAMED}(?: is| ?[:=]) ?)){VALUE}"
    r"(?: (?:pixels|px|parameters|params))?(?: (?:in (?:total|all)|altogether))?[ .!]*$"
)
# What the value that is asked for is called; of others it is by their key.
NAMES = {
    "output": r"(?:output |new |resulting )?(?:volume|shape|size)|output",
    "receptive_field": r"(?:receptive )?field(?: of view)?",
}
# With these words anywhere what is concluded may be another one than the answer.
OTHERWISE = regex(
    r"\b(?:not|no|never|but|instead|would|should|could|however|otherwise|wrong|without|unless"
    r"|if)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
GIVEN = regex(r"\b(?:when|because|since|as|where|from|for|of|that|before)\s*$", re.IGNORECASE)
GROUPED = regex(r"(?<=\d),(?=\d{3}(?!\d))")
DIGITS, ENDS = regex(r"\d+(?:\.\d+)?"), regex(r"= ?(\d[\d,.]*)\W*$")
# Somebody goes on from the number that a text begins with: 5, then wide 7; 200, plus 8 biases.
GOES_ON = regex(
    r"\W*(?:[^\W\d_]\w* )?(\d{1,15})(?: [^\W\d_]+){0,3}[,;.:] (?:and )?(?:then|plus)\b\D*\d",
    re.IGNORECASE,
)
GROWS = regex(r"\W*(\d{1,9})(?:[,;] (?:(?:and|then) )?[^\W\d_]\w* \d{1,9})+\W*")
WORD = regex(r"[A-Za-z]{2}")
FORMS = ("number", "sizes", "field")


class Concluded(NamedTuple):
    """The text of a value that an answer ends with, and of what stands in front; `named` says that
    it is called what is asked for, and that no word says more.
    """

    number: str
    front: str
    named: bool


def conclusion_of(question: Question, answer: object) -> InFront | None:
    """Return what a text concludes and the steps in front of it, if it is not read so as a whole,
    or as the right answer; None where it may mean something else.
    """
    found = _concluded(question, answer)
    if found is None or question.query.kind == "field" or OTHERWISE.search(f"{answer}"):
        return None
    front, (value, *_) = GROUPED.sub("", found.front), _read(question, found.number)
    volumes = (volume[0] for volume in VOLUME.finditer(front))
    if question.query.key == "output" and any(can_answer(question, v) for v in volumes):
        return None
    ways, right = _read(question, answer), is_right(question, value)
    as_whole = any(is_right(question, way) for way in ways) or _is_same(question, ways, value)
    sizes = question.query.form == "sizes"
    if as_whole and (found.named or not (right and sizes)):  # else others beside it are no choice
        return None
    numbers = DIGITS.findall(front)
    told, ends = {f"{size}" for size in flat(value)}, ENDS.search(front)
    if ends and ends[1].strip(".,") not in told:  # 5 + 2 = 9. So 11
        return None
    if right:
        leads = len({*numbers}) > 1  # 14x14 which gives 12x12 may be the one or the other
    else:
        leads = {numbers[-1]} == told or (len(told) > 1 and numbers[-1] in told)
    return InFront(found.number, found.front) if leads else None


def may_be_a_step(question: Question, answer: str) -> bool:
    """Say whether what was read is a step on the way to another number: a text concludes that, or
    goes on to it.
    """
    found, goes_on = _concluded(question, answer), _goes_on(question, answer)
    ways = _read(question, answer) if found or goes_on else []
    if not ways:
        return False
    right = any(is_right(question, way) for way in ways)
    field = question.query.kind == "field"
    if found and not (right and (found.named or field or OTHERWISE.search(answer))):
        (value, *_) = _read(question, found.number)
        if not _is_same(question, ways, value):
            return True
    if goes_on is None or {*flat(ways[0])} != {goes_on[0]}:
        return False
    # From a right one others grow, as fields do.
    return not right or (question.query.key in ONCE_FOR_ALL and goes_on[1] > goes_on[0])


def _goes_on(question: Question, answer: str) -> tuple[float, float] | None:
    """Return the number that a text begins with, and the last one that it goes on to from that."""
    if question.query.form not in FORMS or len(answer) > LONGEST:
        return None
    text = GROUPED.sub("", plain(answer))
    found = GOES_ON.match(text)
    grows = None
    if found is None and question.query.key in ONCE_FOR_ALL:
        grows = GROWS.fullmatch(text)
    first = found or grows
    if first is None:
        return None
    begin, end = float(first[1]), float(DIGITS.findall(text)[-1])
    return (begin, end) if found or begin < end else None


def _concluded(question: Question, answer: object) -> Concluded | None:
    """Return the value that a text ends with as its conclusion, and what stands in front."""
    query = question.query
    if not isinstance(answer, str) or len(answer) > LONGEST or query.form not in FORMS:
        return None
    if question.choices or not WORD.search(answer):
        return None
    if OR.search(answer) or TAKEN_BACK.search(answer):
        return None
    text = plain(answer)
    found = _pattern(query).search(text)
    if found is None or GIVEN.search(text[: found.start()]):
        return None
    front = text[: found.start()].rstrip(" ,;.:")
    if not DIGITS.search(front) or not can_answer(question, found["value"]):
        return None
    return Concluded(found["value"], front, found["named"] is not None)


def _pattern(query: Query) -> re.Pattern[str]:
    name = NAMES.get(query.key, rf"(?:number of )?{re.escape(query.key.replace('_', ' '))}")
    return re.compile(CONCLUSION.replace("NAME", name), re.IGNORECASE)


def _read(question: Question, answer: object) -> list[Value]:
    """Return what a text can be read as, if anything."""
    with suppress(Unreadable):
        return [way.value for way in ways_to_read(question, answer)]
    return []


def _is_same(question: Question, ways: Sequence[Value], value: Value) -> bool:
    """Say whether a text is read as a value, first of all, that may be told once for all axes, or
    as what it is rounded from: 3/2 = 1.5, so 2.
    """
    query, right = question.query, question.right
    if not ways or in_full(query, right, ways[0]) == in_full(query, right, value):
        return bool(ways)
    read, concluded = flat(ways[0]), flat(value)
    one = query.exact and len(read) == len(concluded) == 1 and not isinstance(read[0], str)
    return one and abs(read[0] - concluded[0]) < 1
