"""Wrong arrays of which a good part follows from a student's own earlier answers: a whole slice, or
most of the values that are not 0. What does not is where the mistake of this answer is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from shapecalc.grading.comparison import each_right
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_ties import by_each_convention
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.turned_arrays import is_turned
from shapecalc.grading.values import NESTED, Value, flat

LEAST = 2  # values that follow and are not right otherwise: one may do so by chance


class InPart(NamedTuple):
    """Of each value of an array whether it follows from earlier answers, and the network that has
    these in place.
    """

    good: list[bool]
    sources: list[Answered]
    subject: Subject


def followed_in_part(question: Question, value: Value, own: OwnAnswers) -> InPart | None:
    """Return the earlier answers that most of an array's values follow from; None where that is not
    a good part of it, or more of them are right.
    """
    if question.query.kind != "example" or question.query.form != "array":
        return None
    right, best = [] if is_turned(question, value) else each_right(question, value), None
    for network in own.networks(question) if right else ():
        with suppress(Exception):  # the student's own numbers may lead anywhere
            for asked, there in by_each_convention(question, network):
                corrected = there.subject.answer(question.query)
                if not there.determines(question.query, corrected):
                    continue
                good = there.each_follows(asked, corrected, value)
                others = sum(a and not b for a, b in zip(good, right, strict=True))
                if others < LEAST or sum(good) <= sum(best.good if best else right):
                    continue
                if _is_a_good_part(corrected, value, good):
                    best = InPart(good, own.needed(asked, there), network.subject)
    return best


def _is_a_good_part(corrected: Value, value: Value, good: Sequence[bool]) -> bool:
    """Say whether a whole slice of an array follows, or most of the values that are not 0, or were
    given as others.
    """
    values, given = flat(corrected), flat(value)
    tell = [same for a, b, same in zip(values, given, good, strict=True) if a or b]
    if 2 * sum(tell) > len(tell):
        return True
    while isinstance(corrected, NESTED) and len(corrected) == 1:
        corrected = corrected[0]
    if not isinstance(corrected, NESTED) or not isinstance(corrected[0], NESTED):
        return False
    size = len(values) // len(corrected)
    slices = (slice(at, at + size) for at in range(0, len(values), size))
    return any(all(good[one]) and sum(map(bool, values[one])) >= LEAST for one in slices)
