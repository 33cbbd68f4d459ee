"""Marks one student's answers: right, following from an earlier slip, or wrong, and if so, why.

A wrong answer that is right for the student's own earlier answers has followed through. Otherwise,
if a misconception explains the student's number (ranking.py), the feedback names it and shows both
workings. Blank and unreadable answers are told apart from wrong ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from shapecalc.grading.answers import Reading
from shapecalc.grading.cause import Cause
from shapecalc.grading.comes_to import slipped_from
from shapecalc.grading.comparison import (
    in_full,
    is_only_accepted,
    is_right,
    is_rounded,
    same,
    ways_to_read,
)
from shapecalc.grading.feedback import (
    Told,
    capital,
    credit_told,
    given,
    is_rounded_too_far,
    matter,
    shown_at,
)
from shapecalc.grading.hyperparameters import in_numbers
from shapecalc.grading.marks import Mark, Marked, Verdict
from shapecalc.grading.misconceptions import (
    MISCONCEPTIONS,
    arithmetic_slip,
    does_not_fit,
    neighbour,
)
from shapecalc.grading.misconceptions.question_context import QuestionContext, Wrong
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.own_answers import Followed, OwnAnswers
from shapecalc.grading.own_sums import with_the_mistake
from shapecalc.grading.own_values import Answered
from shapecalc.grading.practice import Practice
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.ranking import Evidence, Explanations
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.student_working import Working, working_in
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value, flat, shown
from shapecalc.grading.wording import in_a_row
from shapecalc.grading.words_around import holds_the_right_one, leaves_a_choice, nothing_is_right
from shapecalc.grading.written_numbers import Unreadable

SLIPPED = arithmetic_slip.MISCONCEPTION.explanation
MOST_TOLD = 12  # values of an array that is told again
MOST_MARKS = 1000  # that are remembered of each kind, and twice as many
MOST_NETWORKS = 50  # with students' own volumes


class Read(NamedTuple):
    """What an answer can mean, also as a key that tells 1, 1.0 and yes apart; its mark if right.

    `worked` is what its working comes to, where something else is written behind it; `accepted` is
    what is right for no other reason than that the author accepts it.
    """

    ways: list[Reading]
    meant: tuple[Any, ...]
    right: Mark | None
    working: Working
    worked: Number | None = None
    accepted: Value | None = None


class Marker:
    """Marks any number of students by one assignment; what it works out is kept for the next.

    `now` is when it is marked, on which hangs what is told where the author wants that shown after
    the due date.
    """

    def __init__(self, assignment: Assignment, now: datetime | None = None) -> None:
        self.assignment = assignment
        self.told = Told(shown_at(assignment.policy, now))
        self._numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
        self._explained: dict[str, Explanations] = {}
        self._supposed: Remembered[Any, Explanations | None] = Remembered(MOST_NETWORKS)
        self._marks: Remembered[Any, tuple[Mark, Reading]] = Remembered(MOST_MARKS)
        self._suspicions: Remembered[Any, frozenset[str]] = Remembered(MOST_MARKS)
        self._texts: Remembered[Any, Read | Mark] = Remembered(MOST_MARKS)

    def mark(
        self,
        student: str,
        answers: Mapping[str, Any],
        unread: bool = False,
        columnless: Collection[str] = (),
        goes_on: Collection[str] = (),
    ) -> Marked:
        """Mark the answers, by question id, of one student.

        A person looks for answers that are missing where some of what was handed in is `unread`,
        and to questions that a table has no column for; and at wrong ones that `goes_on` has, below
        which there are lines that were not read.
        """
        own = OwnAnswers()
        marks = []
        questions = self.assignment.questions
        read = {q.id: self._answered(q, answers.get(q.id)) for q in questions}
        practice = self._practice(read)
        for question in questions:
            answer = answers.get(question.id)
            mark, value = self._mark(question, answer, read[question.id], own, practice)
            if question.id in goes_on and mark.verdict in ("wrong", "partly right"):
                told = self.told.goes_on()
                mark = self._unmarked(question, "needs a look", given(answer), told)
            if question.id not in answers or answer == "":
                if question.id in columnless:
                    mark = self._unmarked(question, "needs a look", "", self.told.no_column())
                elif unread:
                    mark = self._unmarked(question, "needs a look", "", self.told.lost())
            marks.append(mark)
            if value is not None:
                own.add(question, value, mark.verdict == "right")
        return Marked(student, tuple(marks))

    def not_gradable(self, student: str, reason: str) -> Marked:
        """Return the marks of a submission that cannot be read."""
        marks = tuple(self._unmarked(q, "blank", "", "") for q in self.assignment.questions)
        return Marked(student, marks, reason)

    def _answered(self, question: Question, answer: Any) -> Read | Mark:
        """Return what an answer means; or its mark if it is blank or needs a look."""
        if nothing_is_right(question, answer):
            why = self.told.unread(question, "")
            return self._unmarked(question, "needs a look", given(answer), why)
        if is_blank(answer):
            told = self.told.blank(question, answer)
            return self._unmarked(question, "blank", given(answer) if answer else "", told)
        return self._read(question, answer)

    def _mark(
        self,
        question: Question,
        answer: Any,
        read: Read | Mark,
        own: OwnAnswers,
        practice: Practice,
    ) -> tuple[Mark, Value | None]:
        """Return the mark of an answer, and its value if it is wrong, or not what is computed."""
        if isinstance(read, Mark):
            return read, None
        if read.right is not None:
            if read.accepted is None:
                own.add_right(question)
            return read.right._replace(answer=given(answer)), read.accepted
        about = own.about(question)
        suspected = self._suspected(question, read)
        unmade = practice.against(suspected)
        evidence = Evidence(unmade if about else unmade & suspected, read.working)
        key = (question.id, read.meant, read.worked, about, evidence)
        mark, reading = self._marks.get(key, lambda: self._judged(question, read, own, evidence))
        return mark._replace(answer=given(answer)), reading.value

    def _practice(self, read: Mapping[str, Read | Mark]) -> Practice:
        """Return what a student's answers show of the mistakes; nothing where none is wrong."""
        answered = [(q, r) for q in self.assignment.questions if isinstance(r := read[q.id], Read)]
        wrong = [(q, one) for q, one in answered if one.right is None or one.accepted is not None]
        right = [q for q, one in answered if one.right is not None and one.accepted is None]
        if not wrong:
            return Practice((), ())
        return Practice(
            (self._explanations(question).unmade for question in right),
            (self._suspected(question, one) for question, one in wrong),
        )

    def _suspected(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that give a wrong answer."""
        explanations = self._explanations(question)
        return self._suspicions.get(
            (question.id, read.meant),
            lambda: frozenset().union(*(explanations.suspected(w.value) for w in read.ways)),
        )

    def _read(self, question: Question, answer: Any) -> Read | Mark:
        """Return what an answer means, and its mark if it is right; or that it needs a look."""
        if not isinstance(answer, str):
            return self._newly_read(question, answer)
        return self._texts.get((question.id, answer), lambda: self._newly_read(question, answer))

    def _newly_read(self, question: Question, answer: Any) -> Read | Mark:
        try:
            ways = ways_to_read(question, answer)
        except Unreadable as error:
            why = self.told.unread(question, str(error))
            return self._unmarked(question, "needs a look", given(answer), why)
        meant = tuple((type(reading.value), reading) for reading in ways)
        found = next((reading for reading in ways if is_right(question, reading.value)), None)
        right = self._right(question, found) if found else None
        if right is None and any(is_rounded(question, reading) for reading in ways):
            return self._unmarked(question, "needs a look", given(answer), self.told.rounded())
        if leaves_a_choice(question, answer) or (
            right is None and holds_the_right_one(question, answer)
        ):
            return self._unmarked(question, "needs a look", given(answer), self.told.several())
        worked = slipped_from(question, answer, ways) if right is None else None
        accepted = found.value if found and is_only_accepted(question, found.value) else None
        return Read(ways, meant, right, working_in(answer), worked, accepted)

    def _right(self, question: Question, right: Reading) -> Mark:
        """Return the mark of a right answer."""
        note = right.note or self._in_numbers(question, right.value)
        return Mark(
            question.id, "right", question.points, question.points, "", question.right_shown,
            question.working, None, self.told.right(note), note,
        )  # fmt: skip

    def _in_numbers(self, question: Question, value: Value) -> str:
        """Return what a right answer of a word, `same`, is as a number, where that is shown."""
        if question.query.kind != "field" or not isinstance(value, str) or self.told.hides:
            return ""
        found = in_numbers(question.subject.records[question.query.name], question.query, value)
        return f"{value} is {question.query.key} = {shown(found)} here"

    def _unmarked(self, question: Question, verdict: Verdict, answer: str, why: str) -> Mark:
        return Mark(
            question.id, verdict, 0.0, question.points, answer, question.right_shown,
            question.working, None, why,
        )  # fmt: skip

    def _judged(
        self, question: Question, read: Read, own: OwnAnswers, evidence: Evidence
    ) -> tuple[Mark, Reading]:
        """Mark a wrong answer by its first reading that something explains."""
        mark = Mark(
            question.id, "wrong", 0.0, question.points, "", question.right_shown,
            question.working, None, "",
        )  # fmt: skip
        ways = read.ways
        slipped = self._slipped(question, read, own, mark, evidence)
        if slipped is not None:
            return slipped, ways[0]
        for reading in ways:
            judged = self._wrong_mark(question, reading, own, mark, evidence)
            if judged is not None:
                return judged, reading
        feedback = self.told.wrong(question, ways[0].value, None)
        note, meant = ways[0].note, in_full(question.query, question.right, ways[0].value)
        told = _noted(feedback, note)
        return mark._replace(
            feedback=told,
            note=note,
            meant=question.shown(meant),
            matter=matter(question, ways[0].value),
        ), ways[0]

    def _slipped(
        self, question: Question, read: Read, own: OwnAnswers, mark: Mark, evidence: Evidence
    ) -> Mark | None:
        """Mark a wrong result of a working by what that comes to, if it is right, follows from
        another answer or has a cause; otherwise None.
        """
        value, stated = read.worked, read.ways[0]
        if value is None:
            return None
        name = arithmetic_slip.MISCONCEPTION.name
        share = question.partial.get(name, 0.0)
        found, followed, credit = None, None, credit_told(question, share)
        if not is_right(question, value):
            if own.lead_to(question, stated.value):
                return None
            followed = own.lead_to(question, value)
            through = _through(question, followed, own) if followed else 0.0
            credit = credit_told(question, share, through) if followed else ""
            share *= through
            if not followed:
                found = self._misconception(question, value, own, evidence)
                if found is None:
                    return None
                name = f"{found.misconception.name}, {name}"
        source = self._sources(followed.sources) if followed else ""
        opposite = same(question, -value, stated.value)
        return mark._replace(
            verdict="partly right" if share else "wrong",
            points=round(question.points * share, 6),
            misconception=name,
            perhaps=found is not None and not found.sure,
            matter=f"{found.matter}; and {SLIPPED}" if found else SLIPPED,
            feedback=_noted(
                self.told.slipped(question, value, source, found, opposite=opposite, credit=credit),
                stated.note,
            ),
            note=stated.note,
        )

    def _wrong_mark(
        self,
        question: Question,
        reading: Reading,
        own: OwnAnswers,
        mark: Mark,
        evidence: Evidence,
    ) -> Mark | None:
        """Mark a wrong answer that follows from another or has a cause; otherwise None."""
        followed = own.lead_to(question, reading.value)
        credit = question.partial or not followed  # otherwise a mistake would change nothing
        found = self._misconception(question, reading.value, own, evidence) if credit else None
        if found and question.choices and not evidence.working.formulas:
            proven = found.misconception is does_not_fit.MISCONCEPTION
            found = found._replace(sure=found.sure and proven)  # a letter is one of a few
        if found and not found.sure and is_rounded_too_far(question, reading.value):
            found = None  # who rounds makes no other mistake
        share = question.partial.get(found.misconception.name, 0.0) if found else 0.0
        further = bool(found and found.source)  # it is one mistake more, behind another
        credited = credit_told(question, share, question.follow_through if further else 1.0)
        share *= question.follow_through if further else 1.0
        mark = mark._replace(note=reading.note)
        through = _through(question, followed, own) if followed else 0.0
        if followed and through == 1 and question.follow_through < 1:
            note = f"it follows from {self._sources(followed.sources)}"
            told = self.told.right(note)
            return mark._replace(verdict="right", points=question.points, feedback=told, note=note)
        if followed and (found is None or share <= through):
            points = round(question.points * through, 6)
            feedback = self.told.followed(
                question,
                self._sources(followed.sources),
                through,
                followed.rounded,
                followed.right_from,
            )
            feedback = _noted(feedback, reading.note)
            return mark._replace(verdict="followed through", points=points, feedback=feedback)
        if found is None:
            return None
        return mark._replace(
            verdict="partly right" if share else "wrong",
            points=round(question.points * share, 6),
            misconception=found.misconception.name,
            perhaps=not found.sure,
            matter=found.matter,
            feedback=_noted(
                self.told.wrong(question, reading.value, found, credited), reading.note
            ),
        )

    def _sources(self, followed: Sequence[Answered]) -> str:
        """Return the student's own answers that another follows from, by their numbers."""
        return in_a_row([
            f"your answer {f'{shown(v)} ' if len(flat(v)) <= MOST_TOLD else ''}to question"
            f" {self._numbers[q.id]}"
            for q, v in followed
        ])  # fmt: skip

    def _misconception(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return what explains a wrong answer, for the right network or the student's own.

        Two mistakes at once are tried last, where one explains nothing.
        """
        why = question.subject.why_wrong(question.query, value)
        if why:
            return Cause(does_not_fit.MISCONCEPTION, Wrong(value, why))
        explanations = self._explanations(question)
        found = explanations.cause_of(value, question.partial, two=False, evidence=evidence)
        if found is None or found.misconception.name not in question.partial:
            found = self._repeated(question, value, own, found) or found
        if found is not None and not found.either:
            return found
        for network in own.gone_on_with(question):
            supposed = self._explanations_in(question, network.subject)
            in_own = supposed.cause_of(value, evidence=evidence) if supposed else None
            if in_own is not None:
                return in_own._replace(source=self._sources(own.needed(question, network)))
        found = found or self._elsewhere(question, value, own)
        return found or explanations.cause_of(value, question.partial, evidence=evidence)

    def _elsewhere(self, question: Question, value: Value, own: OwnAnswers) -> Cause | None:
        """Return the mistake of the student's own counts that a total has in its other terms."""
        given = own.terms_of(question)
        wrong = [(q, v) for q, v in given if v != q.right]
        names = {n for q, v in wrong for n in self._explanations(q).suspected(v)}
        made = with_the_mistake(question, given, names, value)
        if made is None:
            return None
        return Cause(MISCONCEPTIONS[made[0]], made[1], source=self._sources(wrong))

    def _repeated(
        self, question: Question, value: Value, own: OwnAnswers, found: Cause | None
    ) -> Cause | None:
        """Return that another layer's wrong volume was given again, if not by the same mistake."""
        other = own.repeated(question, value)
        if other is None:
            return None
        first = self._explanations(other).cause_of(value, two=False)
        if first and found and first.misconception.name == found.misconception.name:
            return None
        number = self._numbers[other.id]
        return Cause(neighbour.MISCONCEPTION, Wrong(value, f"your answer to question {number}"))

    def _explanations(self, question: Question) -> Explanations:
        """Return what explains answers to a question."""
        if question.id not in self._explained:
            subject, query = question.subject, question.query
            context = QuestionContext(subject, query, subject.answer(query))
            self._explained[question.id] = Explanations(context)
        return self._explained[question.id]

    def _explanations_in(self, question: Question, subject: Subject) -> Explanations | None:
        """Return what explains answers to a question about a student's own network."""
        return self._supposed.get((question.id, subject), lambda: _supposed(question, subject))


def _noted(feedback: str, note: str) -> str:
    """Return what is told of an answer, behind how it was read where that is not plain."""
    return f"{capital(note)}. {feedback}".rstrip() if note else feedback


def _through(question: Question, followed: Followed, own: OwnAnswers) -> float:
    """Return the share of the points of what follows from earlier answers: all of them where these
    are no slips, but accepted.
    """
    return 1.0 if own.are_no_slips(followed.sources) else question.follow_through


def _supposed(question: Question, subject: Subject) -> Explanations | None:
    """Return what explains answers about a student's own numbers, which may lead anywhere."""
    with suppress(Exception):
        context = QuestionContext(subject, question.query, subject.answer(question.query))
        return Explanations(context, own=True)
    return None
