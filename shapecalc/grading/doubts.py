"""Whether an answer does not follow from a student's own numbers though these lead to it."""

from __future__ import annotations

from dataclasses import replace

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import as_asked, same
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.question import Question
from shapecalc.grading.shown_sizes import goes_another_way, starts_from_own, tells_the_input
from shapecalc.grading.values import Value


def is_contradicted(
    question: Question, stated: Value, there: Followed, worked: Followed | None
) -> bool:
    """Say whether the working in front of a result comes to what follows from other answers than
    those that lead `there`, so that the result is only near that by chance.
    """
    if not question.query.executed or worked is None or worked.subject is None:
        return False
    if {q.id for q, _ in there.sources} == {q.id for q, _ in worked.sources}:
        return False
    near = replace(question, tolerance=as_asked(question))
    return not same(near, worked.subject.answer(question.query), stated)


def is_shown_not_to_follow(
    question: Question, value: Value, followed: Followed, evidence: Evidence, own: OwnAnswers
) -> bool:
    """Say whether the working of an answer starts from other sizes than the student's own, or from
    another own gradient.
    """
    if own.are_passed_over(question, followed, evidence.working.numbers):
        return True
    return _from_own(question, value, followed, evidence) is False


def may_not_follow(
    question: Question, value: Value, followed: Followed, evidence: Evidence
) -> bool:
    """Say whether a mistake has to be looked for behind an answer that may follow."""
    if _goes_another_way(question, followed, evidence):
        return True
    return bool(evidence.made) and _is_far_fetched(question, value, followed, evidence)


def is_rather_a_mistake(
    question: Question, value: Value, followed: Followed, evidence: Evidence, found: Cause
) -> bool:
    """Say whether a mistake is behind an answer rather than that it follows: as its working shows;
    or as the student makes the same elsewhere, where the question tells the volume to go by, and no
    stride would fit that of the student.
    """
    if _goes_another_way(question, followed, evidence):
        return True
    here = not found.source and not found.before and not found.either
    made = here and evidence.shows(found)
    return made and _is_far_fetched(question, value, followed, evidence)


def _from_own(
    question: Question, value: Value, followed: Followed, evidence: Evidence
) -> bool | None:
    subject, working = followed.subject, evidence.working
    return starts_from_own(question, subject, value, working) if subject else None


def _goes_another_way(question: Question, followed: Followed, evidence: Evidence) -> bool:
    subject, chains = followed.subject, evidence.working.chains
    return subject is not None and goes_another_way(question, subject, chains)


def _is_far_fetched(
    question: Question, value: Value, followed: Followed, evidence: Evidence
) -> bool:
    """Say whether a size has to be rounded down for an answer to follow from own volumes, though
    the question tells the volume to go by, and no working shows that it goes by those.
    """
    if not followed.rounded or not tells_the_input(question):
        return False
    return _from_own(question, value, followed, evidence) is None
