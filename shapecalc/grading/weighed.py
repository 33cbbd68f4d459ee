"""How certain the mistake behind a value is, by what was marked before it: one that is certain in
another answer is made again, and against one that would have spoilt an answer which follows from an
earlier slip this speaks as a right one does.
"""

from __future__ import annotations

from contextlib import suppress

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import same
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.frequency import SLIPS
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value, flat


def weighed(
    found: Cause,
    question: Question,
    value: Value,
    own: OwnAnswers,
    evidence: Evidence,
    explanations: Explanations,
) -> Cause | None:
    """Return the cause of a value of an example as certain as other answers make it; None where it
    is none. `explanations` are those of the right network.
    """
    if not question.query.executed:
        return found
    if found.either:  # of those in own values each has to be as likely as one alone
        several = not found.source or found.tied or len(flat(value)) > 1
        against = not several and any(_speaks_against(c, question, own) for c in found.either)
        return None if against else found
    told = {name for names in evidence.told for name in names.split(", ")} - SLIPS
    if found.names <= told | evidence.beside:
        alone = not found.source and explanations.names_alone(value, evidence) == found.names
        return found._replace(sure=found.sure or (alone and any(flat(value))))
    if not found.sure or len(flat(value)) > 1 or not _speaks_against(found, question, own):
        return found  # so many values are no chance
    if evidence.working.agrees(explanations.context, found):
        return found
    return None if found.source else found._replace(sure=False)


def _speaks_against(cause: Cause, question: Question, own: OwnAnswers) -> bool:
    """Say whether an answer follows from others that would have been another one with a mistake."""
    for other, value, subject in own.followed_through(question):
        with suppress(Exception):  # the student's own numbers may lead anywhere
            context = QuestionContext(subject, other.query, subject.answer(other.query))
            wrong = wrong_answers(context, other.tolerance, cause.names)
            if wrong and not any(same(other, one.value, value) for _, one in wrong):
                return True
    return False
