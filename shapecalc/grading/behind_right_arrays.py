"""Mistakes that a student's own right arrays leave: an answer is made from these, and what is done
wrong before them does not come through.
"""

from __future__ import annotations

from shapecalc.grading.candidates import Candidates
from shapecalc.grading.comparison import alike
from shapecalc.grading.frequency import DECAYED
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value


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
    return left | (suspected & DECAYED if query.key.endswith(".next") else frozenset())
