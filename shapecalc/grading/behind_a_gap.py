"""An answer that stands in front of a gap, and its working behind that: `1.31    -ln(0.269)`,
`18x18x20   pool: 20x20x12, then (20-3)/1 + 1 = 18`, `16   5 -> 6 -> 10 -> 16`.

A sheet asks for it so. Who writes down steps side by side has the answer last: what stands in front
is meant if what stands behind comes to the same, or if that is right and nothing else is stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from shapecalc.grading.answers import LONGEST, OR, Form, Reading, readings
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.closing_remarks import DONE
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.named_formulas import without_formulas
from shapecalc.grading.question import Question
from shapecalc.grading.result_in_front import InFront
from shapecalc.grading.values import NESTED, Value, flat
from shapecalc.grading.written import is_rounded_from
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.grading.written_sizes import DENIED

FORMS: tuple[Form, ...] = ("number", "sizes")  # of a step
GAP = re.compile(r"(?<=[\w)\]%])(?P<by>[ \t]{2,}|\t)(?=\S)")
# 1.31, -ln(0.27); 1.31 -ln(0.27)
NARROW = re.compile(
    r"\s*[-+]?[\d.,xX× ]*\d(?P<by>[,;:] +| (?=-[^\s\d>]))(?=.*(?:[-+*/^·×(]|[^\W\d_]{2}))"
)
GOES_ON = re.compile(r"[-+*/^=·×,;:|\u2013\u2212](?=\s)|[*/^=·×,;:|)\]]|[xX]\s?\d")  # 5  - 2, 5  *2
CHANGED = re.compile(
    rf"{DENIED.pattern}|\b(?:half|halved|twice|doubled?|scaled|squared?|tripled?|then \w+ed)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d")
OF_ONE = re.compile(
    r"\b[a-z]\w{0,5} ?[-+] ?\d*\.?\d+ ?\* ?[a-z]\w{0,5}\b"  # w - 0.5*g
    r"|\b(?:class|layer|step|label|unit|filter|channel|conv|pool|fc|dense|relu) ?\d{1,2}\b",
    re.IGNORECASE,
)
TIMES, WORD = re.compile(r"\btimes\b", re.IGNORECASE), re.compile(r"[^\W\d_]{2,}")
OPERATOR = re.compile(r"\s*[-+*/]")
STEP = re.compile(r"=>|->|[=\u2192\u21d2,;:]")
STATED = re.compile(r"(?:=|=>|->|[\u2192\u21d2])\s*[^=>\u2192\u21d2]*$")
RESULT = re.compile(r"\s*[-+]?[\d.,]*\d(?:\s?[xX×]\s?\d+)*\s*[^\W\d_]{0,12}[.)]*\s*$")
WHOLE = re.compile(r"\s*[\[({].*[\])}]\s*", re.DOTALL)


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
    if GOES_ON.match(rest) or DONE.match(rest) or CHANGED.search(rest):
        return None
    found = InFront(first, rest)
    if question.query.form == "array" and len(flat(question.right)) > 1:
        # Of as many values as are asked for it is read with the list.
        return found if gap and WHOLE.fullmatch(first) and _is_remark(rest) else None
    try:
        ways = ways_to_read(question, first)
    except Unreadable:
        return None
    if narrow and question.query.key == "loss" and "=" in rest:
        return None  # a logarithm is read by itself
    if _come_to(question, rest, ways):
        return found
    return found if gap and _is_apart(question, rest, ways) else None


def _is_apart(question: Question, rest: str, ways: Sequence[Reading]) -> bool:
    """Say whether what stands behind an answer states no other: words, or the steps to a right
    volume.
    """
    if NUMBER.search(rest) and _is_remark(rest):
        return True
    sizes = question.query.form == "sizes" and any(is_right(question, way.value) for way in ways)
    return sizes and not _states_a_result(rest)


def _is_remark(rest: str) -> bool:
    """Say whether words do nothing to what stands in front of them, and have no other number than
    that of a class or a layer.
    """
    left = OF_ONE.sub(" ", without_formulas(rest))
    return not (NUMBER.search(left) or DONE.search(left) or CHANGED.search(left))


def _come_to(question: Question, rest: str, ways: Sequence[Reading]) -> bool:
    """Say whether a working, or its last step, comes to one of the values in front of it."""
    last = STEP.split(rest)[-1]
    found = [value for text in (rest, last, _in_turn(rest)) for value in _values(text)]
    return any(_is_same(question, value, way.value) for value in found for way in ways)


def _in_turn(rest: str) -> str:
    """Return the last result of a working and what is done to it one after the other: `(320 + 1) *
    32` of `320 weights + 1 bias, times 32`.
    """
    said = WORD.sub(" ", TIMES.sub("*", rest.rpartition("=")[2]))
    done = ""
    for part in re.split(r"[,;]", said):
        done = f"({done}) {part}" if done and OPERATOR.match(part) else part
    return done


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
    if isinstance(stated, NESTED):
        one = {*flat(value)}
        return len(one) == 1 and one in ({*stated}, {*stated[:-1]})
    numbers = flat(value) if len(flat(value)) == 1 else []
    if not numbers or isinstance(stated, str | bool) or isinstance(numbers[0], str | bool):
        return False
    if numbers[0] * flat(stated)[0] < 0:
        return False
    near = question.query.executed and question.tolerance.near(numbers[0], flat(stated)[0])
    return near or is_rounded_from(flat(stated), numbers)


def _states_a_result(rest: str) -> bool:
    """Say whether a working ends with a result, which is another one then."""
    stated = STATED.search(rest)
    return stated is not None and RESULT.fullmatch(stated[0].lstrip("=>-\u2192\u21d2")) is not None
