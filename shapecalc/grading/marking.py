"""Marks one student's answers: right, right from an earlier slip, or wrong, and if so, why.

A wrong answer that is right for the student's own earlier answers has followed through. Otherwise,
if a misconception explains the student's number (ranking.py), the feedback names it and shows both
workings. Blank and unreadable answers are told apart from wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import Reading, Unreadable, is_blank
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.feedback import Told, shown_at
from shapecalc.grading.marks import Mark, Marked, Verdict
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_answers import Answered, OwnAnswers
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.ranking import Cause, Explanations
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, shown

MOST_REMEMBERED = 100_000


class Marker:
    """Marks any number of students by one assignment; what it works out is kept for the next.

    `now` is when it is marked, on which hangs what is told where the author wants that shown after
    the due date.
    """

    def __init__(self, assignment: Assignment, now: datetime | None = None) -> None:
        self.assignment = assignment
        self.told = Told(shown_at(assignment.policy, now))
        self._numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
        self._explained: dict[Any, Explanations | None] = {}
        self._marks: dict[Any, tuple[Mark, Reading]] = {}

    def mark(self, student: str, answers: Mapping[str, Any]) -> Marked:
        """Mark the answers, by question id, of one student."""
        own = OwnAnswers()
        marks = []
        for question in self.assignment.questions:
            mark, value = self._mark(question, answers.get(question.id), own)
            marks.append(mark)
            if value is not None and mark.verdict != "right":
                own.add(question, value)
        return Marked(student, tuple(marks))

    def not_gradable(self, student: str, reason: str) -> Marked:
        """Return the marks of a submission that cannot be read."""
        marks = tuple(self._unmarked(q, "blank", "", "") for q in self.assignment.questions)
        return Marked(student, marks, reason)

    def _mark(self, question: Question, answer: Any, own: OwnAnswers) -> tuple[Mark, Value | None]:
        if is_blank(answer):
            return self._unmarked(question, "blank", "", self.told.blank()), None
        try:
            ways = ways_to_read(question, answer)
        except Unreadable as error:
            why = self.told.unread(question.query.form, str(error))
            return self._unmarked(question, "needs a look", quote(answer), why), None
        meant = tuple((type(reading.value), reading) for reading in ways)
        key = (question.id, meant, own.about(question))
        if key not in self._marks:
            if len(self._marks) > MOST_REMEMBERED:
                self._marks.clear()
            self._marks[key] = self._judged(question, ways, own)
        mark, reading = self._marks[key]
        return mark._replace(answer=quote(answer)), reading.value

    def _unmarked(self, question: Question, verdict: Verdict, answer: str, why: str) -> Mark:
        return Mark(
            question.id, verdict, 0.0, question.points, answer, question.right_shown,
            question.working, None, why,
        )  # fmt: skip

    def _judged(
        self, question: Question, ways: Sequence[Reading], own: OwnAnswers
    ) -> tuple[Mark, Reading]:
        """Mark an answer by its first reading that is right, or that something explains."""
        mark = Mark(
            question.id, "right", question.points, question.points, "", question.right_shown,
            question.working, None, "",
        )  # fmt: skip
        for reading in ways:
            if is_right(question, reading.value):
                told = self.told.right(reading.note)
                return mark._replace(feedback=told, note=reading.note), reading
        for reading in ways:
            judged = self._wrong_mark(question, reading, own, mark)
            if judged is not None:
                return judged, reading
        feedback = self.told.wrong(question, ways[0].value, None)
        return mark._replace(verdict="wrong", points=0.0, feedback=feedback), ways[0]

    def _wrong_mark(
        self, question: Question, reading: Reading, own: OwnAnswers, mark: Mark
    ) -> Mark | None:
        """Mark a wrong answer that follows from another or has a cause; otherwise None."""
        followed = own.lead_to(question, reading.value)
        found = self._misconception(question, reading.value, own)
        share = question.partial.get(found.misconception.name, 0.0) if found else 0.0
        mark = mark._replace(note=reading.note)
        if followed and (found is None or share <= question.follow_through):
            points = round(question.points * question.follow_through, 6)
            feedback = self.told.followed(question, self._sources(followed), points)
            return mark._replace(verdict="followed through", points=points, feedback=feedback)
        if found is None:
            return None
        return mark._replace(
            verdict="partly right" if share else "wrong",
            points=round(question.points * share, 6),
            misconception=found.misconception.name,
            feedback=self.told.wrong(question, reading.value, found),
        )

    def _sources(self, followed: Sequence[Answered]) -> str:
        """Return the student's own answers that another follows from, by their numbers."""
        said = [f"your answer {shown(v)} to question {self._numbers[q.id]}" for q, v in followed]
        return " and ".join(said)

    def _misconception(self, question: Question, value: Value, own: OwnAnswers) -> Cause | None:
        """Return what explains a wrong answer, for the right network or the student's own."""
        explanations = self._explanations(question, question.subject)
        found = explanations.cause_of(value) if explanations else None
        if found is None:
            for subject in own.networks(question):
                explanations = self._explanations(question, subject)
                found = explanations.cause_of(value, sure=True) if explanations else None
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
                self._explained[key] = Explanations(context)
        return self._explained[key]
