"""A mistake in what follows from arrays of which a student gave only some values: where it takes no
others, it is known what it leads to, though the right way would take them. Of a filter's gradient
from one window alone the gradient of that is enough.
"""

from __future__ import annotations

from contextlib import suppress

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import NEAR, alike
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject


def is_determined(question: Question, network: OwnNetwork, found: Cause) -> bool:
    """Say whether a mistake gives the same whatever stands where the student gave no number."""
    with suppress(Exception):  # such numbers may lead anywhere
        among = found.either or (found,)
        return all(_gives(question, other, cause) for other in network.others for cause in among)
    return False


def _gives(question: Question, subject: Subject, cause: Cause) -> bool:
    context = QuestionContext(subject, question.query, subject.answer(question.query))
    found = wrong_answers(context, NEAR, cause.names)
    return any(alike(wrong.value, cause.wrong.value) for _, wrong in found)
