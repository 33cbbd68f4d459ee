"""Marks one student's answers: right, right from an earlier slip, or wrong, and if so, why.

A wrong answer that is right for the student's own earlier answers has followed through. Otherwise,
if exactly one misconception gives the student's number, the feedback names it and shows both
workings. Blank and unreadable answers are told apart from wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import Refusal, quote
from shapecalc.grading.answers import (
    Number,
    Unreadable,
    Value,
    is_blank,
    read_answer,
    shown,
)
from shapecalc.grading.comparison import is_right, same
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.ranking import Cause, cause_of
from shapecalc.grading.subject import Subject
from shapecalc.quantities import REPORTED

Verdict = Literal["right", "followed through", "wrong", "blank", "unreadable"]
SUMMED = tuple(quantity.key for quantity in REPORTED)
MOST_REMEMBERED = 100_000
MOST_WALKED = 100_000  # layers of networks with one student's own volumes


class Mark(NamedTuple):
    """What one question got."""

    id: str
    verdict: Verdict
    points: float
    possible: float
    answer: str  # as given
    right: str
    working: str
    misconception: str | None
    feedback: str


class Marked(NamedTuple):
    """What one student got. Where `reason` is given, nothing could be marked."""

    student: str
    marks: tuple[Mark, ...]
    reason: str = ""

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(mark.points for mark in self.marks), 6)

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(mark.possible for mark in self.marks), 6)

    @property
    def feedback(self) -> str:
        """A line for each question that is not right."""
        lines = [f"{m.id}: {m.verdict}, {m.feedback}" for m in self.marks if m.verdict != "right"]
        return self.reason or "\n".join(lines)


class Marker:
    """Marks any number of students by one assignment; what it works out is kept for the next."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self._explained: dict[Any, list[Cause]] = {}
        self._marks: dict[Any, Mark] = {}
        self.walked = 0  # layers, for this student

    def mark(self, student: str, answers: Mapping[str, Any]) -> Marked:
        """Mark the answers, by question id, of one student."""
        own: list[tuple[Question, Value]] = []  # wrong so far
        self.walked = 0
        marks = []
        for question in self.assignment.questions:
            mark, value = self._mark(question, answers.get(question.id), own)
            marks.append(mark)
            if value is not None and mark.verdict in ("wrong", "followed through"):
                own.append((question, value))
        return Marked(student, tuple(marks))

    def not_gradable(self, student: str, reason: str) -> Marked:
        """Return the marks of a submission that cannot be read."""
        marks = tuple(
            Mark(q.id, "blank", 0.0, q.points, "", shown(q.right), q.working, None, "")
            for q in self.assignment.questions
        )
        return Marked(student, marks, reason)

    def _mark(
        self, question: Question, answer: Any, own: Sequence[tuple[Question, Value]]
    ) -> tuple[Mark, Value | None]:
        if is_blank(answer):
            return self._unmarked(question, "blank", "", "no answer"), None
        try:
            value = read_answer(answer, question.query.form)
        except Unreadable as error:
            return self._unmarked(question, "unreadable", quote(answer), str(error)), None
        before = tuple((q.id, v) for q, v in own if q.subject is question.subject)
        key = (question.id, type(value), value, before)
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

    def _judged(
        self, question: Question, value: Value, own: Sequence[tuple[Question, Value]]
    ) -> Mark:
        """Mark a readable answer."""
        mark = Mark(
            question.id, "right", question.points, question.points, "", shown(question.right),
            question.working, None, "right",
        )  # fmt: skip
        if is_right(question, value):
            return mark
        right = f"the right answer is {shown(question.right)}" + _because(question.working)
        followed = self._followed(question, value, own)
        found = self._misconception(question, value, own)
        share = question.partial.get(found[0].name, 0.0) if found else 0.0
        if followed is not None and (found is None or share <= question.follow_through):
            points = round(question.points * question.follow_through, 6)
            feedback = f"it follows from your {followed}; {right}"
            return mark._replace(verdict="followed through", points=points, feedback=feedback)
        if found is None:
            return mark._replace(verdict="wrong", points=0.0, feedback=right)
        misconception, wrong = found
        return mark._replace(
            verdict="wrong",
            points=round(question.points * share, 6),
            misconception=misconception.name,
            feedback=f"{misconception.explanation}: {wrong.arithmetic}; {right}",
        )

    def _followed(
        self, question: Question, value: Value, own: Sequence[tuple[Question, Value]]
    ) -> str | None:
        """Return the earlier answers that this one is right for, if there are any."""
        for subject, said, corrected in self._own_worlds(question, own):
            if subject is not None:
                try:
                    corrected = subject.answer(question.query)
                except Exception:  # the student's own volumes may lead anywhere
                    continue
            if corrected != question.right and same(question, corrected, value):
                return said
        return None

    def _own_worlds(
        self, question: Question, own: Sequence[tuple[Question, Value]]
    ) -> list[tuple[Subject | None, str, Value]]:
        """Return the networks with the student's volumes in place, and sums of its own counts."""
        mine = [
            (q, v)
            for q, v in {q.query: (q, v) for q, v in own}.values()  # each asked once
            if q.subject is question.subject and q.query != question.query
        ]
        volumes = {
            q.query.name: v
            for q, v in mine
            if q.query.key == "output" and q.query.name in q.subject.records and _volume(v)
        }
        worlds: list[tuple[Subject | None, str, Value]] = []
        if volumes:
            name, volume = list(volumes.items())[-1]  # the others are behind it
            said = f"{name}.output {shown(volume)}"
            supposed = self._supposed(question.subject, volumes)
            if supposed is not None:
                worlds.append((supposed, said, 0))
        summed = _sum_of_own(question, mine)
        if summed is not None:
            worlds.append((None, *summed))
        return worlds

    def _supposed(self, subject: Subject, volumes: Mapping[str, Any]) -> Subject | None:
        """Return the network with a student's volumes, while that does not take too long."""
        self.walked += len(subject.records)
        if self.walked > MOST_WALKED:
            return None
        try:
            return subject.supposing(volumes)
        except Refusal:  # the layer cannot even take what the student says it gets
            return None

    def _misconception(
        self, question: Question, value: Value, own: Sequence[tuple[Question, Value]]
    ) -> Cause | None:
        """Return what explains a wrong answer, for the right network or the student's own."""
        found = cause_of(value, self._wrong(question, question.subject))
        if found is None:
            for subject, _, _ in self._own_worlds(question, own):
                if subject is not None:
                    found = cause_of(value, self._wrong(question, subject))
        return found

    def _wrong(self, question: Question, subject: Subject) -> list[Cause]:
        key = question.id, subject
        if key not in self._explained:
            if len(self._explained) > MOST_REMEMBERED // 100:  # each keeps a network
                self._explained.clear()
            self._explained[key] = []
            expected = () if subject is question.subject else (Exception,)
            with suppress(*expected):  # a student's own volumes may lead anywhere
                context = QuestionContext(subject, question.query, subject.answer(question.query))
                self._explained[key] = wrong_answers(context)
        return self._explained[key]


def _volume(value: Value) -> bool:
    """Say whether a value is a volume that a network can go on with."""
    if not isinstance(value, tuple) or not 0 < len(value) <= 4:
        return False
    return all(type(size) is int and 0 < size < 2**20 for size in value)


def _sum_of_own(
    question: Question, own: Sequence[tuple[Question, Value]]
) -> tuple[str, Value] | None:
    """Return a total, or a layer's parameters, with the student's own terms put in."""
    query, right = question.query, question.right
    if query.key not in SUMMED or query.form != "number" or not isinstance(right, Number):
        return None
    parts = ("weights", "biases") if query.key == "parameters" else ()
    corrected: Number = right
    said = []
    for other, value in own:
        theirs = other.query
        layer = theirs.name in question.subject.records  # an instance holds others
        term = query.name == "total" and layer and theirs.key == query.key
        part = theirs.name == query.name and theirs.key in parts
        if (
            (term or part)
            and isinstance(value, int | float)
            and isinstance(other.right, int | float)
        ):
            corrected += value - other.right
            said.append(f"{theirs.path} {shown(value)}")
    return (", ".join(said), corrected) if said else None


def _because(working: str) -> str:
    return f" ({working})" if working else ""
