"""Whether another part of an answer than the one that was read may be the one that is meant.

People state a value and give a reason, a check or a remark, `2, check: 96 - 5 + 4 + 1 = 96`, or
they go on from step to step, `(5-1) = 4, half of it is 2`. Where one of both is right, and the
words between them do not tell which is meant, a person has to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shapecalc.grading.answers import CROSSED, LONGEST, read_answer
from shapecalc.grading.clauses import Clause, clauses
from shapecalc.grading.comparison import can_answer, is_right, ways_to_read
from shapecalc.grading.named_parts import sum_of_parts
from shapecalc.grading.notation import TITLE
from shapecalc.grading.query import ONCE_FOR_ALL
from shapecalc.grading.question import Question
from shapecalc.grading.question_readings import of_fitting
from shapecalc.grading.reading import TAKEN
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_sums import is_in_front
from shapecalc.grading.written_numbers import PLAIN, Unreadable
from shapecalc.grading.written_sizes import VOLUME

FORMS = ("sizes", "number", "field")
LIST = regex(r"(?!.*\d\s+[(\[])[-+\d\s.,;xX×*()\[\]]*")  # of numbers alone
VALUE = rf"(?:{PLAIN.pattern})(?: ?[xX×] ?\d+)*"
BARE = regex(rf"{VALUE}[ .!]*")
STEP = regex(r"[\d)\]] ?[-+*/^×·] ?[\d(\[]|=")  # something is worked out
SIGNS = ("+", "-", "*", "/", "x ", "\u00d7")
RESULT = regex(rf"(?:\b(?:is|are|be|get|have)|[=:]) ({VALUE})$")
AT_END = regex(rf"(?<=[A-Za-z] ){VALUE}$")
GIVES = regex(r"= ?[-+(]?[\d.][^=]*$")  # an equation with a number behind it
IN_TOTAL = regex(r"\b(?:in total|altogether|together|both)\b", re.IGNORECASE)
EITHER = regex(  # 12 with padding, 10 without; a count has its biases, or is asked without
    r"^(?!.*\bbias)(?=.*\bwith\b).*\bwithout\b", re.IGNORECASE | re.DOTALL
)
LABEL = regex(r"([A-Za-z]\w*) ?[=:]")
LEADING = regex(r"\W{0,3}(?:[A-Za-z] ?= ?)?(\d{1,9})(?![\d.])")
ADDED = regex(  # 1200 and 16 more; 14 (+1)
    r"(?:.*=)?([^=]*\d)\W*(?:\+|\bplus|\band) ?(\d[\d,]*)[^\d=]*"
)
MADE = regex(r"=|->|\u2192")
SIZE = regex(r"\d{1,9}")


def may_be_wrong(question: Question, answer: str) -> bool:
    """Say whether an answer that was read as a right one states another value in front of that,
    `4 with 2 on each side = 2`, or as its result, `4/2 = 2, half of it is 1`.
    """
    if _has_a_plane_and_more(question, answer):
        return True
    found = _clauses(question, answer)
    if not found or not _is_right(question, answer):
        return False
    if question.query.kind == "fitting":
        if _leads(question, answer) is False:
            return True
        if of_fitting(answer) != answer:  # what is behind it comes of it, layer by layer
            return False
    first, second, last = found[0], found[1], found[-1]
    in_front = first.link in ("", "next")
    stated = in_front and (not STEP.search(first.text) or _is_named(question, first))
    is_it = _of(question, first)
    negative = f"-{first.text}"  # clauses have no sign in front
    if is_it is False and answer.strip().startswith(negative):
        is_it = _of(question, first._replace(text=negative))
    if is_it and question.query.kind == "field" and IN_TOTAL.search(first.text):
        return True  # fields are those of one side
    if is_it and EITHER.search(answer) and _of(question, last) is False:
        return True
    if (not stated or last.link == "result") and _ends_wrong(question, last):
        return True
    if not in_front or is_it is not False or second.link == "result":
        return False
    # 1200, 1200 + 16 = 1216; 1200, + 16 = 1216
    goes_on = second.text.startswith((first.text, *SIGNS))
    return second.link != "next" or (stated and not goes_on)


def may_be_right(question: Question, answer: str) -> bool:
    """Say whether an answer that was read as a wrong one states the right value in front of what
    was read, at its end or in brackets: `4 (2 on each side)`.
    """
    if _adds_up(question, answer) or _is_in_a_volume(question, answer):
        return True
    found = _clauses(question, answer)
    if not found:
        return _is_of_layers(question, answer)
    if question.query.kind == "fitting" and _leads(question, answer):
        return True
    first, last = found[0], found[-1]
    bare = BARE.fullmatch(TITLE.sub("", last.text)) or _is_named(question, last)
    concluded = last.link == "result" and bare
    counts = first.link in ("", "next") and not (concluded and STEP.search(first.text))
    if counts and _of(question, first):
        return True
    aside = next((clause for clause in found if clause.link == "aside"), None)
    others = [aside] if aside else []
    if last.link != "reason" or GIVES.search(last.text):
        others.append(last)
        ends = AT_END.search(last.text)  # half of it is 2
        others += [last._replace(text=ends[0])] if ends else []
    return any(_of(question, clause) for clause in others)


def _has_a_plane_and_more(question: Question, answer: str) -> bool:
    """Say whether what was taken from an answer is a plane, of which the size may be given alone,
    and other numbers stand beside it: `8 compared to 12x12`.
    """
    once = question.query.key in ONCE_FOR_ALL or question.query.kind == "fitting"
    if not once or len(answer) > LONGEST or not re.search(r"\d", VOLUME.sub("", answer)):
        return False
    try:
        return any(way.note.endswith(TAKEN) for way in ways_to_read(question, answer))
    except Unreadable:
        return False


def _adds_up(question: Question, answer: str) -> bool:
    """Say whether a number and what is added to it are the right one: `1200 and 16 more`."""
    added = ADDED.fullmatch(answer) if len(answer) <= LONGEST else None
    if question.query.form != "number" or added is None:
        return False
    try:
        values = [read_answer(part, "number") for part in added.groups()]
    except Unreadable:
        return False
    return is_right(question, sum(value for value in values if isinstance(value, int | float)))


def _is_in_a_volume(question: Question, answer: str) -> bool:
    """Say whether the right size stands in a volume of which one size is asked for."""
    if question.query.kind != "size" or len(answer) > LONGEST:
        return False
    sizes = (SIZE.findall(volume[0]) for volume in VOLUME.finditer(answer))
    return any(question.right in [int(size) for size in found] for found in sizes)


def _is_of_layers(question: Question, answer: str) -> bool:
    """Say whether `18, 30` may be fields that grow to the right one, and no height and width; or
    go back from it.
    """
    if question.query.key not in ONCE_FOR_ALL or not LIST.fullmatch(answer):
        return False
    sizes = [int(size) for size in SIZE.findall(answer)]
    if len(sizes) < 2 or len({*sizes}) < len(sizes) or CROSSED.search(answer):
        return False
    return sizes in (sorted(sizes), sorted(sizes)[::-1]) and _is_right(question, str(max(sizes)))


def _clauses(question: Question, answer: str) -> Sequence[Clause]:
    """Return the clauses of an answer, if it has two or more, and means something only as a whole
    in none of the ways that people write values in.
    """
    if question.query.form not in FORMS or question.choices or len(answer) > LONGEST:
        return ()
    if "\\" in answer or LIST.fullmatch(answer):
        return ()
    found = clauses(answer)
    try:
        in_parts = len(found) > 1 and (
            sum_of_parts(question, answer) is not None
            or (question.query.form == "number" and is_in_front(answer))
        )
    except Unreadable:
        in_parts = False
    return () if in_parts or len(found) < 2 else found


def _ends_wrong(question: Question, last: Clause) -> bool:
    """Say whether the last clause, which is no reason, gives a wrong answer as a result."""
    if last.link not in ("next", "result"):
        return False
    ends = RESULT.search(last.text)
    if ends is None and not BARE.fullmatch(last.text) and not STEP.search(last.text):
        return False
    value = _of(question, last)
    if value is None and ends:
        value = _of(question, last._replace(text=ends[1]))
    return value is False


def _is_named(question: Question, clause: Clause) -> bool:
    """Say whether a clause begins with the letter of the field that is asked for: `P = `."""
    label = LABEL.match(clause.text)
    named = label is not None and label[1].upper() == question.query.key.upper()
    return named and question.query.kind == "field"


def _of(question: Question, clause: Clause) -> bool | None:
    """Say whether a clause alone is a right answer or a wrong one; None for one that is no whole
    answer, or tells of another field.
    """
    if question.query.kind == "field":
        label = LABEL.match(clause.text)
        if label and label[1].upper() != question.query.key.upper():
            return None
    return _is_right(question, clause.text) if can_answer(question, clause.text) else None


def _is_right(question: Question, text: str) -> bool:
    try:
        return any(is_right(question, way.value) for way in ways_to_read(question, text))
    except Unreadable:
        return False


def _leads(question: Question, answer: str) -> bool | None:
    """Say whether an input's size fits that an answer goes through layer by layer, `48/2 = 24, 24/2
    = 12`; None where it does not do that.
    """
    leading = LEADING.match(answer)
    if leading is None or len(MADE.findall(answer)) < 2:
        return None
    return _is_right(question, leading[1])
