"""An answer that stands in front of a gap, and its working behind that: `1.31    -ln(0.269)`,
`18x18x20   pool: 20x20x12, then (20-3)/1 + 1 = 18`, `[0.5, -0.5]   W^T * (answer 5)`.

A sheet asks for it so: what stands in front of blanks side by side is the answer, if that is whole.
A comma or a blank parts a number from a working that comes to it. Where only one of both is right,
a person has to say which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from shapecalc.grading.answers import LONGEST, OR, Form, Reading, readings
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.closing_remarks import DONE
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.question import Question
from shapecalc.grading.result_in_front import InFront
from shapecalc.grading.values import NESTED, Value, flat
from shapecalc.grading.written import is_rounded_from
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.grading.written_sizes import DENIED

FORMS: tuple[Form, ...] = ("number", "sizes")  # of a step
GAP = re.compile(r"(?<=[\w)\]}%])(?P<by>[ \t]{2,}|\t)(?=\S)")
# 1.31, -ln(0.27); 1.31 -ln(0.27)
NARROW = re.compile(
    r"\s*[-+]?[\d.,xX× ]*\d(?P<by>[,;:] +| (?=-[^\s\d>]))(?=.*(?:[-+*/^·×(]|[^\W\d_]{2}))"
)
# What goes on with what stands in front: 5  - 2, 5  *2, 5  -> 6, 5  times 2.
GOES_ON = re.compile(
    r"[-+*/^=·×,;:|\u2013\u2212](?=\s)|[*/^=·×,;:|)\]\u2192\u21d2]|->|=>|[xX]\s?\d"
)
CHANGED = re.compile(
    rf"{DENIED.pattern}|\b(?:half|halved|twice|doubled?|scaled|squared?|tripled?|then \w+ed)\b",
    re.IGNORECASE,
)
# A number, sizes or a list and nothing else; and what a working has that no row of numbers has.
PLAIN = re.compile(r"(?!.*\d(?:[-+]| [-+] )\d)[-+\d.,;xX×\s()\[\]{}e~\u2248\u2212]*\d[\d.\s)\]}%]*")
WORKED = re.compile(r"[^\W\d_xX×]|[-+*/^·(\[]\s?[\d(.]|\d ?[-+*/^·×] ?[\d(]|[=\u2192]|->")
# What a working ends with: a sign of equality or an arrow, and a number or sizes.
STATED = re.compile(
    r"(?:=|->|[\u2192\u21d2]) ?([-+]?[\d.,]*\d(?: ?[xX×] ?\d+)*)\s*[^\W\d_]{0,12}[.)]*\s*$"
)
STEP = re.compile(r"=>|->|[=\u2192\u21d2,;:]")
TIMES, WORD = re.compile(r"\btimes\b", re.IGNORECASE), re.compile(r"[^\W\d_]{2,}")
LOG = re.compile(r"\blog(?!_?e\b)", re.IGNORECASE)
OPERATOR = re.compile(r"\s*[-+*/]")


def in_front_of_a_gap(question: Question, answer: object) -> InFront | None:
    """Return the text of an answer in front of a gap and that of the working behind it; None where
    what stands behind may be the answer, or a part of it.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or "\n" in answer or question.choices:
        return None
    gap = GAP.search(answer)
    narrow = NARROW.match(answer) if gap is None else None
    parted = gap or narrow
    if parted is None or "?" in answer or OR.search(answer) or TAKEN_BACK.search(answer):
        return None
    first, rest = answer[: parted.start("by")], answer[parted.end("by") :].strip()
    if not PLAIN.fullmatch(first) or GOES_ON.match(rest) or DONE.match(rest):
        return None
    if CHANGED.search(rest):
        return None
    try:
        ways = ways_to_read(question, first)
    except Unreadable:
        return None
    if gap and not WORKED.search(rest):  # a row of numbers
        return InFront(first, rest) if _come_to(question, rest, ways) else None
    if gap and _is_count(question):  # several terms in words are summed
        right = any(is_right(question, way.value) for way in ways)
        return None if right and not _come_to(question, rest, ways) else InFront(first, rest)
    if gap:
        return InFront(first, rest) if _is_whole(question, ways) else None
    one = len(flat(question.right)) == 1 or question.query.form == "sizes"
    logarithm = question.query.key == "loss" and "=" in rest  # is read by itself
    meant = one and not logarithm and _come_to(question, rest, ways)
    return InFront(first, rest) if meant else None


def is_contradicted(question: Question, in_front: InFront) -> bool:
    """Say whether an answer is right and its working comes to something else, or the other way
    round. A step that has one of several sizes says nothing of the others, and that a size is kept
    nothing of a padding.
    """
    ways, rest = ways_to_read(question, in_front.number), in_front.working
    if any(is_right(question, way.value) for way in ways):
        stated = None if question.query.kind == "field" else STATED.search(rest)
        if stated is None or (question.query.form == "array" and len(flat(question.right)) > 1):
            return False
        found = [] if _come_to(question, rest, ways) else _values(stated[1])
        return any(not _is_one_of(value, way.value) for value in found for way in ways)
    if question.query.key == "loss" and LOG.search(rest):  # the answer tells to which base
        return False
    for text in _steps(in_front.working):
        with suppress(Unreadable):
            if any(is_right(question, way.value) for way in ways_to_read(question, text)):
                return True
    return False


def _is_one_of(value: Value, stated: Value) -> bool:
    """Say whether a step comes to a size of several, perhaps before it is rounded down."""
    if not isinstance(stated, NESTED) or isinstance(value, str | bool):
        return False
    numbers = flat(value)
    return len({*flat(stated)}) > 1 and len(numbers) == 1 and int(numbers[0]) in flat(stated)


def _is_count(question: Question) -> bool:
    return question.query.kind == "record" and question.query.form == "number"


def _is_whole(question: Question, ways: Sequence[Reading]) -> bool:
    """Say whether an answer has as many sizes as are asked for, one for all that are equal, or is
    a list or a number by itself.
    """
    right = question.right
    if question.query.form != "sizes" or not isinstance(right, tuple):
        return True
    counts = {len(way.value) for way in ways if isinstance(way.value, NESTED)}
    return len(right) in counts or (1 in counts and len({*right}) == 1)


def _come_to(question: Question, rest: str, ways: Sequence[Reading]) -> bool:
    """Say whether a working, or its last step, comes to one of the values in front of it."""
    found = [value for text in _steps(rest) for value in _values(text)]
    return any(_is_same(question, value, way.value) for value in found for way in ways)


def _steps(rest: str) -> list[str]:
    """Return a working, its last step, and what is done one after the other behind the last result:
    `(320 + 1) * 32` of `320 weights + 1 bias, times 32`.
    """
    said = WORD.sub(" ", TIMES.sub("*", rest.rpartition("=")[2]))
    done = ""
    for part in re.split(r"[,;]", said):
        done = f"({done}) {part}" if done and OPERATOR.match(part) else part
    return [rest, STEP.split(rest)[-1], done]


def _values(text: str) -> list[Value]:
    """Return what a text is as a number or as sizes."""
    found: list[Value] = []
    for form in FORMS:
        with suppress(Unreadable):
            found += [way.value for way in readings(text, form)]
    return found


def _is_same(question: Question, value: Value, stated: Value) -> bool:
    """Say whether a step comes to what is stated: a number as it is rounded, all sizes, or the one
    that those of a plane have.
    """
    if value == stated:
        return True
    if question.query.form == "sizes" and isinstance(stated, NESTED):
        one = {*flat(value)}
        return len(one) == 1 and one in ({*stated}, {*stated[:-1]})
    ours, theirs = flat(stated), flat(value)
    if len(ours) != 1 or len(theirs) != 1 or isinstance(stated, str | bool):
        return False
    if isinstance(value, str | bool) or ours[0] * theirs[0] < 0:
        return False
    near = question.query.executed and question.tolerance.near(theirs[0], ours[0])
    return near or is_rounded_from(ours, theirs)
