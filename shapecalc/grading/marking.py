"""Marks one student's answers: right, right from an earlier slip, or wrong, and if so, why.

A wrong answer that is right for the student's own earlier answers has followed through. Otherwise,
if a misconception explains the student's number (ranking.py), the feedback names it and shows both
workings. Blank and unreadable answers are told apart from wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import Unreadable, is_blank, read_answer
from shapecalc.grading.comparison import is_right
from shapecalc.grading.marks import Mark, Marked, Verdict
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.ranking import Cause, Explanations
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, shown

MOST_REMEMBERED = 100_000


class Marker:
    """Marks any number of students by one assignment; what it works out is kept for the next."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._explained: dict[Any, Explanations | None] = {}
        self._marks: dict[Any, Mark] = {}

    def mark(self, student: str, answers: Mapping[str, Any]) -> Marked:
        """Mark the answers, by question id, of one student."""
        own = OwnAnswers()
        marks = []
        for question in self.assignment.questions:
            mark, value = self._mark(question, answers.get(question.id), own)
            marks.append(mark)
            if value is not None and mark.verdict in ("wrong", "followed through"):
                own.add(question, value)
        return Marked(student, tuple(marks))

    def not_gradable(self, student: str, reason: str) -> Marked:
        """Return the marks of a submission that cannot be read."""
        marks = tuple(
            Mark(q.id, "blank", 0.0, q.points, "", shown(q.right), q.working, None, "")
            for q in self.assignment.questions
        )
        return Marked(student, marks, reason)

    def _mark(self, question: Question, answer: Any, own: OwnAnswers) -> tuple[Mark, Value | None]:
        if is_blank(answer):
            return self._unmarked(question, "blank", "", "no answer"), None
        try:
            value = read_answer(answer, question.query.form)
        except Unreadable as error:
            return self._unmarked(question, "unreadable", quote(answer), str(error)), None
        key = (question.id, type(value), value, own.about(question))
        if key not in self._marks:
            if len(self._marks) > MOST_REMEMBERED:
                self._marks.clear()
            self._marks[key] = self._judged(question, value, own)
        return self._marks[key]._replace(answer=quote(answer)), value

    def _unmarked(self, question: Question, verdict: Verdict, answer: str, why: str) -> Mark:
        return Mark(
            question.id, verdict, 0.0, question.points, answer, shown(question.right),
            question.working, None, why,
        )  # fmt: skip

    def _judged(self, question: Question, value: Value, own: OwnAnswers) -> Mark:
        """Mark a readable answer."""
        mark = Mark(
            question.id, "right", question.points, question.points, "", shown(question.right),
            question.working, None, "right",
        )  # fmt: skip
        if is_right(question, value):
            return mark
        right = f"the right answer is {shown(question.right)}" + _because(question.working)
        followed = own.lead_to(question, value)
        found = self._misconception(question, value, own)
        share = question.partial.get(found.misconception.name, 0.0) if found else 0.0
        if followed is not None and (found is None or share <= question.follow_through):
            points = round(question.points * question.follow_through, 6)
            feedback = f"it follows from your {followed}; {right}"
            return mark._replace(verdict="followed through", points=points, feedback=feedback)
        if found is None:
            return mark._replace(verdict="wrong", points=0.0, feedback=right)
        return mark._replace(
            verdict="wrong",
            points=round(question.points * share, 6),
            misconception=found.misconception.name,
            feedback=f"{found.told}; {right}",
        )

    def _misconception(self, question: Question, value: Value, own: OwnAnswers) -> Cause | None:
        """Return what explains a wrong answer, for the right network or the student's own."""
        explanations = self._explanations(question, question.subject)
        found = explanations.cause_of(value, question.partial) if explanations else None
        if found is None:
            for subject in own.networks(question):
                explanations = self._explanations(question, subject)
                found = explanations.cause_of(value) if explanations else None
        return found

    def _explanations(self, question: Question, subject: Subject) -> Explanations | None:
        key = question.id, subject
        if key not in self._explained:
            if len(self._explained) > MOST_REMEMBERED // 100:  # each keeps a network
                self._explained.clear()
            self._explained[key] = None
            expected = () if subject is question.subject else (Exception,)
            with suppress(*expected):  # a student's own volumes may lead anywhere
                context = QuestionContext(subject, question.query, subject.answer(question.query))
                self._explained[key] = Explanations(context, own=subject is not question.subject)
        return self._explained[key]


def _because(working: str) -> str:
    return f" ({working})" if working else ""
