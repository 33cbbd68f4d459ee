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
from itertools import islice

from shapecalc.grading.answers import LONGEST, OR, Form, readings
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.closing_remarks import DONE
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.notation import GAP, plain
from shapecalc.grading.outer_brackets import without_outer_brackets
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.result_in_front import CHANGED, InFront
from shapecalc.grading.values import NESTED, Value, flat
from shapecalc.grading.written import is_rounded_from
from shapecalc.grading.written_numbers import Unreadable

FORMS: tuple[Form, ...] = ("number", "sizes")  # of a step
# 1.31, -ln(0.27); 1.31 -ln(0.27)
NARROW = regex(
    r"\s*[-+]?[\d.,xX× ]*\d(?P<by>[,;:] +"
    r"| (?=-[^\s\d>]|-?\d[\d.]* ?[*/^·×+-]|\((?![^()]*[^\W\d_]{2})))"
    r"(?=.*(?:[-+*/^·×(]|[^\W\d_]{2}))"
)
# 2 (F-1)/2; 55, (W-F+2P)/S + 1 with F = 11: a formula in letters multiplies no number
LETTERS = r"(?:floor|ceil|[FSPKWHDCN])"
GIVEN = r"(?:[,;]? (?:with|where|for|and)|,) [FSPKWHDCN] ?= ?\d+"
FORMULA = regex(
    rf"(?=.*{LETTERS} ?[-+*/^·×)])(?=.*[-+*/^·×])(?:{LETTERS}|[\s()\[\]\d.+*/^·×-])+(?:{GIVEN})*"
)
BESIDE_A_FORMULA = regex(r"\s*\d[\d.,]*(?P<by>[,;:]? (?:(?:by|from|using|via) )?)")
# What goes on with what stands in front: 5  - 2, 5  *2, 5  -> 6, 5  times 2.
GOES_ON = regex(r"[-+*/^=·×,;:|\u2013\u2212](?=\s)|[*/^=·×,;:|)\]\u2192\u21d2]|->|=>|[xX]\s?\d")
# A number, sizes or a list and nothing else; and what a working has that no row of numbers has.
PLAIN = regex(r"(?!.*\d(?:[-+]| [-+] )\d)[-+\d.,;xX×\s()\[\]{}e~\u2248\u2212]*\d[\d.\s)\]}%]*")
WORKED = regex(r"[^\W\d_xX×]|[-+*/^·(\[]\s?[\d(.]|\d ?[-+*/^·×] ?[\d(]|[=\u2192]|->")
# What a working ends with: a sign of equality or an arrow, and a number or sizes.
STATED = regex(
    r"(?:=|->|[\u2192\u21d2]) ?([-+]?[\d.,]*\d(?: ?[xX×] ?\d+)*)\s*[^\W\d_]{0,12}[.)]*\s*$"
)
NAME = regex(r"(?:^|[\s,;:(])[^\W\d_]\w{0,12} ?$")  # of a number that is given: with W = 4
STEP = regex(r"=>|->|[=\u2192\u21d2,;:]")
TIMES, WORD = regex(r"\btimes\b", re.IGNORECASE), regex(r"[^\W\d_]{2,}")
LOG = regex(r"\blog(?!_?e\b)", re.IGNORECASE)
LIST, DIGIT = regex(r"\[[^\[\]]*\]|\[\[.*\]\]"), regex(r"\d")
NUMBER = regex(r"\d+")
PARTED = regex(r"[,;] |:")
MOST_PARTS = 4  # of a value: 1 1/2, 0.5e-3
MOST = 20  # gaps that are looked at
OPERATOR = regex(r"\s*[-+*/]")


def in_front_of_a_gap(question: Question, answer: object) -> InFront | None:
    """Return the text of an answer in front of a gap and that of the working behind it; None where
    what stands behind may be the answer, or a part of it.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or "\n" in answer or question.choices:
        return None
    if "?" in answer or OR.search(answer) or TAKEN_BACK.search(answer):
        return None
    gaps = list(islice(GAP.finditer(answer), MOST))
    if not gaps:
        return _beside_a_formula(question, answer) or _beside_a_working(question, answer)
    for gap in gaps:
        found = _parted(answer, *gap.span())
        if found is not None and _is_apart(question, found):
            return found
    return None


def _beside_a_formula(question: Question, answer: str) -> InFront | None:
    """Return a number and the formula in letters behind it. What begins with a product, `96 F*F*C +
    96`, is none: of counts and sizes only the right one stands so behind a blank.
    """
    number = BESIDE_A_FORMULA.match(answer)
    if number is None or question.query.form not in ("number", "field", "sizes"):
        return None
    in_front, formula = answer[: number.start("by")], answer[number.end() :].strip(" .")
    if not FORMULA.fullmatch(formula):
        return None
    if question.query.kind != "field" and not number["by"].strip():
        ways = _read(question, in_front)
        if not any(is_right(question, way.value) for way in ways):
            return None
    return InFront(in_front, formula)


def _beside_a_working(question: Question, answer: str) -> InFront | None:
    """Return a number or sizes and the working behind a comma or a blank that comes to these."""
    narrow = NARROW.match(answer)
    found = _parted(answer, *narrow.span("by")) if narrow else None
    return found if found and _is_meant(question, found) else None


def _parted(answer: str, begin: int, end: int) -> InFront | None:
    """Return what stands in front of a gap and behind it; None where the latter goes on with the
    former, or changes it.
    """
    first, rest = answer[:begin], answer[end:].strip()
    goes_on = GOES_ON.match(rest) or DONE.match(rest) or CHANGED.search(rest)
    return InFront(first, rest) if PLAIN.fullmatch(first) and not goes_on else None


def _is_apart(question: Question, found: InFront) -> bool:
    """Say whether what stands in front of a gap is the answer, whatever stands behind."""
    first, rest = found
    if DIGIT.search(rest) and not _may_be_list(question, first):
        return False
    ways = _read(question, first)
    if not ways:
        return False
    if not WORKED.search(rest):  # a row of numbers
        return _come_to(question, rest, ways)
    if _is_count(question) and any(is_right(question, way.value) for way in ways):
        return _come_to(question, rest, ways)  # or several terms in words are summed
    return _is_whole(question, ways) or (_is_lone_list(first) and not DIGIT.search(rest))


def _is_meant(question: Question, found: InFront) -> bool:
    """Say whether a number or sizes are the answer that a comma or a blank parts from a working."""
    one = len(flat(question.right)) == 1 or question.query.form == "sizes"
    logarithm = question.query.key == "loss" and "=" in found.working  # is read by itself
    ways = _read(question, found.number) if one and not logarithm else []
    return _come_to(question, found.working, ways)


def _read(question: Question, text: str) -> list[Reading]:
    """Return what a text can mean as an answer; nothing where it cannot be read."""
    with suppress(Unreadable):
        return ways_to_read(question, text)
    return []


def is_contradicted(question: Question, in_front: InFront) -> bool:
    """Say whether an answer is right and its working comes to something else, or the other way
    round. A step that has one of several sizes says nothing of the others, and that a size is kept
    nothing of a padding.
    """
    ways, rest = ways_to_read(question, in_front.number), in_front.working
    if any(is_right(question, way.value) for way in ways):
        stated = None if question.query.kind == "field" else STATED.search(rest)
        if (
            stated is None
            or NAME.search(rest[: stated.start()])
            or (question.query.form == "array" and len(flat(question.right)) > 1)
        ):
            return False
        found = [] if _come_to(question, rest, ways) else _values(stated[1])
        return any(not _is_one_of(value, way.value) for value in found for way in ways)
    return right_step(question, in_front) is not None


def right_step(question: Question, in_front: InFront) -> Value | None:
    """Return what the working, or a step of it, comes to behind a wrong answer if that is right."""
    ways, rest = ways_to_read(question, in_front.number), in_front.working
    if any(is_right(question, way.value) for way in ways):
        return None
    if question.query.key == "loss" and LOG.search(rest):  # the answer tells to which base
        return None
    values = (way.value for text in _steps(rest) for way in _read(question, text))
    return next((value for value in values if is_right(question, value)), None)


def with_its_result(in_front: InFront) -> str:
    """Return an answer as a working with its result at the end; without the working where that
    states another result. A sum at its end is none, `2592 + 24`, unless it goes on from the answer.
    """
    number, rest = in_front
    rest = without_outer_brackets(rest) if "=" in rest else rest
    working, _, stated = rest.rpartition("=")
    sum_of = worked_out(PARTED.split(plain(stated))[-1].strip())
    if not working or (sum_of is not None and plain(number) not in NUMBER.findall(plain(rest))):
        return f"{rest} = {number}"
    return rest if plain(stated) == plain(number) else number


def ends_with_it(in_front: InFront) -> bool:
    """Say whether a working behind an answer states this as its result: there is no other one."""
    number, rest = in_front
    working, _, stated = (without_outer_brackets(rest) if "=" in rest else "").rpartition("=")
    return bool(working) and plain(stated) == plain(number)


def _is_one_of(value: Value, stated: Value) -> bool:
    """Say whether a step comes to a size of several, perhaps before it is rounded down."""
    if not isinstance(stated, NESTED) or isinstance(value, str | bool):
        return False
    numbers = flat(value)
    return len({*flat(stated)}) > 1 and len(numbers) == 1 and int(numbers[0]) in flat(stated)


def _is_count(question: Question) -> bool:
    return question.query.kind == "record" and question.query.form == "number"


def _is_whole(question: Question, ways: Sequence[Reading]) -> bool:
    """Say whether an answer has as many sizes or values as are asked for, or one for all sizes that
    are equal.
    """
    right = question.right
    if not isinstance(right, NESTED):
        return True
    counts = {len(flat(way.value)) for way in ways}
    equal = question.query.form != "array" and len({*right}) == 1
    return len(flat(right)) in counts or (equal and 1 in counts)


def _may_be_list(question: Question, text: str) -> bool:
    """Say whether a text has enough numbers for a list, if one is asked for, and not far too many:
    to read each beginning of a long text takes long.
    """
    count = len(flat(question.right))
    numbers = len(NUMBER.findall(text))
    return question.query.form != "array" or count <= numbers <= MOST_PARTS * count


def _is_lone_list(text: str) -> bool:
    """Say whether a text is one list in brackets: as many values as it has are the answer's."""
    return LIST.fullmatch(text.strip()) is not None


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
    return [*dict.fromkeys((rest, STEP.split(rest)[-1], done))]  # of a row of numbers the same


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
