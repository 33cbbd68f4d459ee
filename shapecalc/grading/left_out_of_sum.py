"""A layer left out of a total of a student's own counts: 112 and 165 of 112, 70 and 165."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.grading.chance import room
from shapecalc.grading.misconceptions.question_context import Wrong
from shapecalc.grading.own_sums import terms
from shapecalc.grading.own_values import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.stated_terms import LEAST, terms_in
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value

SURE, PERHAPS = 0.01, 0.1  # how likely it may be that chance leads there


class LeftOut(NamedTuple):
    """A total without one of its layers; not `sure` where chance might do as well."""

    wrong: Wrong
    sure: bool


def left_out(
    question: Question, subject: Subject, own: Sequence[Answered], value: Value, working: Working
) -> LeftOut | None:
    """Return that one layer is missing in a network's total with all of a student's own counts in
    place; None where none is, or where these change nothing.
    """
    found, key = counts(question, subject, own), question.query.key
    total = sum(found.values())
    lacking = [name for name, count in found.items() if count and total - count == value]
    others = {name: count for name, count in found.items() if name not in lacking[:1]}
    if not lacking or others.items() <= subject.terms(key).items():
        return None
    stated = [s for s in map(terms_in, working.formulas) if len(s) >= LEAST and sum(s) == value]
    shown = any(sorted(terms) == sorted(others.values()) for terms in stated)
    another = any(len(terms) in (len(others), len(found)) for terms in stated)  # one for each layer
    chance = len(found) / room(question.right, value)
    if not shown and (another or chance > PERHAPS):
        return None
    text = f"{total:,} - {found[lacking[0]]:,} of {' or '.join(lacking)} = {value:,}"
    return LeftOut(Wrong(value, text), shown or chance <= SURE)


def counts(question: Question, subject: Subject, own: Sequence[Answered]) -> dict[str, Number]:
    """Return the terms of a network's total with a student's own counts in place, by the layers;
    nothing where none of these changes one.
    """
    changes = terms(question, subject, own)
    found: dict[str, Number] = {**subject.terms(question.query.key)} if changes else {}
    for (other, _), more in changes:
        if other.query.name not in found:  # what it has may be another layer's
            return {}
        found[other.query.name] += more
    return found
