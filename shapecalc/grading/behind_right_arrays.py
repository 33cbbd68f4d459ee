"""Mistakes that a student's own right arrays leave: an answer is made from these, and what is done
wrong before them does not come through.

One number that such a mistake gives is met in another way: a third of 6*5 is 2*5. Several are not:
who gives a third of each, behind whatever, has divided by 3.
"""

from __future__ import annotations

from shapecalc.grading.candidates import Candidates
from shapecalc.grading.comparison import alike
from shapecalc.grading.frequency import DECAYED
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Tolerance
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat

SIGN = frozenset(("gradient_sign",))  # which is seen, whatever it is from


def may_be_met(right: Value, given: Value, near: Tolerance) -> bool:
    """Say whether but one number of an answer is wrong."""
    ours, theirs = flat(right), flat(given)
    if len(ours) != len(theirs):
        return False
    pairs = ((a, b) for a, b in zip(ours, theirs, strict=True) if b is not None)
    return len({abs(b) for a, b in pairs if not near.near(a, b)}) == 1


def left_behind(
    candidates: Candidates, subject: Subject, given: Value, suspected: frozenset[str]
) -> frozenset[str]:
    """Return those of the mistakes suspected behind an answer that give it with the right arrays of
    a `subject` in place as well; of two at once, those that change anything there.
    """
    alone, query, near = candidates.alone(given), candidates.context.query, candidates.near
    there = QuestionContext(subject, query, subject.answer(query))
    left = frozenset(
        misconception.name
        for misconception, wrong in wrong_answers(there, near, suspected)
        if misconception.name not in alone or alike(wrong.value, given, near)
    )
    return left | suspected & (SIGN | DECAYED if query.key.endswith(".next") else SIGN)
