"""A layer left out of a total of a student's own counts, or all of a kind: 112 and 165 of 112, 70
and 165.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shapecalc.grading.chance import room
from shapecalc.grading.misconceptions.layer_left_out import LeftOut, that_may_be_left_out
from shapecalc.grading.misconceptions.question_context import Wrong
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_sums import terms
from shapecalc.grading.question import Question
from shapecalc.grading.stated_terms import sums_of
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value

FEW = 2  # terms, of which one in parts leaves but one
SURE, PERHAPS = 0.01, 0.1  # how likely it may be that chance leads there


class Lacking(NamedTuple):
    """A total without layers of it; not `sure` where chance might do as well."""

    wrong: Wrong
    sure: bool


def left_out(
    question: Question, subject: Subject, own: Sequence[Answered], value: Value, working: Working
) -> Lacking | None:
    """Return that one layer, or all of a kind, is missing in a network's total with all of a
    student's own counts in place; None where none is, or where these change nothing.
    """
    found, key = counts(question, subject, own), question.query.key
    total = sum(found.values())
    wrongs = [(some, some.wrong(total, found)) for some in that_may_be_left_out(subject, found)]
    lacking = [(some, wrong) for some, wrong in wrongs if wrong.value == value]
    others = {n: c for n, c in found.items() if not lacking or n not in lacking[0][0].names}
    if not lacking or others.items() <= subject.terms(key).items():
        return None
    layers, wrong = lacking[0]
    missing, stated = [found[name] for name in layers.names], sums_of(value, working)
    shown = any(_are_those(terms, [*others.values()]) for terms in stated)
    not_so = any(_are_others(terms, [*others.values()], missing) for terms in stated)
    chance = len(wrongs) / room(question.right, value)
    if not shown and (not_so or chance > PERHAPS):
        return None
    if len(layers.names) == 1:  # any of those with as much
        names = " or ".join(some.names[0] for some, _ in lacking if len(some.names) == 1)
        wrong = LeftOut([names]).wrong(total, {names: missing[0]})
    return Lacking(wrong, shown or chance <= SURE)


def those_in_sums(
    question: Question, own: Sequence[Answered], value: Value, working: Working
) -> Iterator[list[Answered]]:
    """Yield those of a student's own counts that stand in a sum of the working, where some do not:
    who has another count of a layer there may have found the right one.
    """
    changes = terms(question, question.subject, own)
    right = question.subject.terms(question.query.key) if len(changes) > 1 else {}
    for stated in sums_of(value, working) if right else ():
        some = [a for a, more, _ in changes if right.get(a[0].query.name, 0) + more in stated]
        if 0 < len(some) < len(changes):
            yield some


def _are_those(terms: Sequence[int], wanted: Sequence[Number]) -> bool:
    """Say whether the terms of a sum are those of layers, or all but one which stands there in
    parts: its weights and its biases.
    """
    missing = (Counter(wanted) - Counter(terms)).total()
    return not missing or (missing == 1 and len(wanted) > FEW)


def _are_others(terms: Sequence[int], wanted: Sequence[Number], missing: Sequence[Number]) -> bool:
    """Say whether terms which are not those of layers are one for each all the same, or have what
    is missing beside them.
    """
    each = len(terms) in (len(wanted), len(wanted) + len(missing))
    return each or all(terms.count(one) > wanted.count(one) for one in missing)


def counts(question: Question, subject: Subject, own: Sequence[Answered]) -> dict[str, Number]:
    """Return the terms of a network's total with a student's own counts in place, by the layers;
    nothing where none of these changes one.
    """
    changes = terms(question, subject, own)
    found: dict[str, Number] = {**subject.terms(question.query.key)} if changes else {}
    for (other, _), more, _ in changes:
        if other.query.name not in found:  # what it has may be another layer's
            return {}
        found[other.query.name] += more
    return found
