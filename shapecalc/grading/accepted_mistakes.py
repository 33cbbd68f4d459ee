"""Accepted answers that a known mistake gives: whoever makes it is right then, and told nothing."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import is_only_accepted
from shapecalc.grading.misconceptions import does_not_fit
from shapecalc.grading.misconceptions.question_context import QuestionContext, Wrong
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value


def accepted_mistakes(assignment: Assignment) -> Iterator[str]:
    """Yield what is to be told of answers that questions accept, with the questions' numbers."""
    for number, question in enumerate(assignment.questions, 1):
        for value in question.accepted:
            found = _mistake(question, value) if is_only_accepted(question, value) else None
            if found is not None:
                name = found.misconception.name
                share = question.partial.get(name)
                credit = f", for which partial gives {share:g}" if share is not None else ""
                yield (
                    f"question {number} accepts {question.shown(value)}, which a mistake gives, so"
                    f" that it counts as right: {found.told} ({name}{credit})"
                )


def _mistake(question: Question, value: Value) -> Cause | None:
    """Return the mistake that gives an accepted value: whether a student makes it or not."""
    subject, query = question.subject, question.query
    why = subject.why_wrong(query, value)
    if why:
        return Cause(does_not_fit.MISCONCEPTION, Wrong(value, why))
    right, first = subject.answer(query), question.depth_first
    explanations = Explanations(QuestionContext(subject, query, right, depth_first=first))
    found = explanations.cause_of(value, question.partial, two=False)
    return found._replace(sure=True) if found else None
