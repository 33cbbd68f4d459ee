"""Two mistakes behind a count of which the student's own weights or biases have one: it was paid
for there, and the count goes on from these with the other one.
"""

from __future__ import annotations

from shapecalc.grading.cause import Cause
from shapecalc.grading.diagnosis import Diagnosis
from shapecalc.grading.misconceptions import MISCONCEPTIONS
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.question import Question

TWO = 2  # mistakes at once


def without_that_of_a_part(
    question: Question, found: Cause, own: OwnAnswers, diagnosis: Diagnosis
) -> Cause:
    """Return what was `found` behind a count without the one of two mistakes that an own part of it
    has, or as it is: also where a student gets more for two at once.
    """
    names = frozenset(found.misconception.parts or found.names)
    if found.source or found.either or found.unexplained or len(names) != TWO:
        return found
    for part, value in own.parts_of(question):
        there = names & diagnosis.explanations(part).alone(value)
        new = next(iter(names - there))
        share = question.partial.get(new, 0.0) * question.follow_through
        if len(there) == 1 and share >= found.share(question.partial):
            single = diagnosis.explanations(question).single
            told = (c.wrong.explanation for c in single if c.names == {new})
            wrong = found.wrong._replace(explanation=next(told, ""))
            source = diagnosis.sources([(part, value)])
            return Cause(MISCONCEPTIONS[new], wrong, sure=found.sure, source=source)
    return found
