"""Marks one student's answers: right, following from an earlier slip, or wrong, and if so, why.

A wrong answer that is right for the student's own earlier answers has followed through. Otherwise,
if a misconception explains the student's number (ranking.py), the feedback names it and shows both
workings. Blank and unreadable answers are told apart from wrong ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from shapecalc.grading.answered import Read
from shapecalc.grading.behind_terms import caused
from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import is_right, is_rounded, same
from shapecalc.grading.credit import credit_of, credit_told
from shapecalc.grading.diagnosis import Diagnosis
from shapecalc.grading.differences import matter
from shapecalc.grading.doubts import (
    is_contradicted,
    is_rather_a_mistake,
    is_shown_not_to_follow,
    may_not_follow,
)
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.feedback import Told, given, shown_at
from shapecalc.grading.first_look import FirstLook, unmarked
from shapecalc.grading.in_rows import in_rows
from shapecalc.grading.marks import Mark, Marked
from shapecalc.grading.misconceptions import arithmetic_slip, does_not_fit
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_networks import Effort
from shapecalc.grading.own_parts import without_that_of_a_part
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.pending import Pending
from shapecalc.grading.practice import Practice
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.rounding import (
    MAY_BE_ROUNDED,
    follows_rounded,
    is_rounded_at_all,
    only_rounded,
)
from shapecalc.grading.slipped_sizes import goes_on_from
from shapecalc.grading.stated_terms import terms_of_total
from shapecalc.grading.student_working import Working
from shapecalc.grading.suspicions import Suspicions
from shapecalc.grading.told_outputs import ToldOutputs
from shapecalc.grading.turned_arrays import as_marked, is_told_turned
from shapecalc.grading.values import Value
from shapecalc.grading.weighed import weighed
from shapecalc.grading.without_cause import noted, without_cause
from shapecalc.grading.wording import questions_by
from shapecalc.grading.written_depth_first import is_turned

SLIPPED = arithmetic_slip.MISCONCEPTION.explanation
EARLIER = "an earlier answer"  # of a whole class, where each has their own
MOST_MARKS = 1000  # that are remembered of each kind, and twice as many


class Marker:
    """Marks any number of students by one assignment; what it works out is kept for the next.

    `now` is when it is marked, on which hangs what is told where the author wants that shown after
    the due date.
    """

    def __init__(self, assignment: Assignment, now: datetime | None = None) -> None:
        self.assignment = assignment
        self.told = Told(shown_at(assignment.policy, now))
        self._numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
        self._diagnosis = Diagnosis(self._numbers)
        self._marks: Remembered[Any, tuple[Mark, Reading, Effort]] = Remembered(MOST_MARKS)
        self._told_outputs = ToldOutputs(assignment.questions)
        self._suspicions = Suspicions(self._diagnosis.explanations)
        self._first = FirstLook(self.told)

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
        questions = self.assignment.questions
        read = {q.id: self._first.at(q, answers.get(q.id)) for q in questions}
        answered = [(q, one) for q in questions if isinstance(one := read[q.id], Read)]
        practice = self._suspicions.practice(answered)
        own = OwnAnswers(self._told_outputs)
        marks = self._each(answers, read, own, practice, unread, columnless, goes_on)
        if practice.learns(zip(questions, marks, strict=True), own):
            own = OwnAnswers(self._told_outputs)
            marks = self._each(answers, read, own, practice, unread, columnless, goes_on)
        return Marked(student, tuple(marks))

    def _each(
        self,
        answers: Mapping[str, Any],
        read: Mapping[str, Read | Mark],
        own: OwnAnswers,
        practice: Practice,
        unread: bool,
        columnless: Collection[str],
        goes_on: Collection[str],
    ) -> list[Mark]:
        """Return the marks of one student's answers, in turn; each goes to their `own`."""
        marks = []
        told: set[str] = set()
        pending = Pending(self.told, self._numbers)
        for question in self.assignment.questions:
            answer = answers.get(question.id)
            mark, value = self._mark(question, answer, read[question.id], own, practice, told)
            if question.id in goes_on and mark.verdict in ("wrong", "partly right"):
                more = self.told.goes_on()
                mark = unmarked(question, "needs a look", given(answer), more)
            mark = pending.behind(question, mark, value, read[question.id])
            if mark.verdict == "followed through":
                practice.has_followed(question.id, executed=question.query.executed)
            if mark.misconception and not mark.perhaps:
                told.add(mark.misconception)
            if question.id not in answers or answer == "":
                if question.id in columnless:
                    mark = unmarked(question, "needs a look", "", self.told.no_column())
                elif unread:
                    mark = unmarked(question, "needs a look", "", self.told.lost())
            marks.append(mark)
            if value is not None:
                turned = is_turned(question, value, practice, told)
                turned = turned or is_told_turned(question, value, mark)
                value = as_marked(question, value, mark)
                own.add(question, value, mark.verdict, turned=turned)
        return marks

    def not_gradable(self, student: str, reason: str) -> Marked:
        """Return the marks of a submission that cannot be read."""
        marks = tuple(unmarked(q, "blank", "", "") for q in self.assignment.questions)
        return Marked(student, marks, reason)

    def _mark(
        self,
        question: Question,
        answer: Any,
        read: Read | Mark,
        own: OwnAnswers,
        practice: Practice,
        told: Collection[str],
    ) -> tuple[Mark, Value | None]:
        """Return the mark of an answer, and its value if it is wrong, or not what is computed;
        `told` are the mistakes that were told of before.
        """
        if isinstance(read, Mark):
            return read, None
        if read.right is not None:
            if read.accepted is None:
                own.add_right(question, read.value)
            return read.right, read.accepted
        for reading in read.ways:
            sources = own.rounded(question, reading.value)
            if sources:
                own.add_right(question, reading.value)
                numbers = sorted({self._numbers[source.id] for source, _ in sources})
                note = f"it follows from your own numbers in {questions_by(numbers)}"
                return self._first.right(question, note)._replace(answer=given(answer)), None
        about = own.about(question)
        alone = not about and not terms_of_total(question, read.ways[0], read.working)
        evidence = self._suspicions.evidence(question, read, practice, alone=alone)
        evidence = self._suspicions.from_right(question, read, own, evidence)
        evidence = evidence._replace(told=frozenset(told))
        known = about, own.followed, own.turned
        key = (question.id, read.meant, read.worked, read.step, known, evidence, own.exhausted)

        def judged() -> tuple[Mark, Reading, Effort]:
            return *self._judged(question, read, own, evidence), own.effort

        mark, reading, effort = self._marks.get(key, judged)
        own.next_answer(effort)
        shown = in_rows(question, given(answer))
        return mark._replace(answer=shown), None if mark.unread else reading.value

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
        for reading in ways:
            credited = self._diagnosis.rounds_a_credited_one(question, reading)
            if credited or self._rounds_own(question, reading, own):
                return unmarked(question, "needs a look", "", self.told.rounded()), ways[0]
        for reading in ways:
            found = self._diagnosis.rounds_a_common_one(question, reading, own, evidence)
            if found is not None:
                told = self.told.wrong(question, reading.value, found, MAY_BE_ROUNDED, good=[])
                mark = mark._replace(
                    misconception=found.misconception.name, perhaps=True, matter=found.matter
                )
                return mark._replace(feedback=noted(told, reading.note), note=reading.note), reading
        unexplained = without_cause(question, ways[0], own, evidence, self._diagnosis, self.told)
        return unexplained.marked(mark), ways[0]

    def _slipped(
        self, question: Question, read: Read, own: OwnAnswers, mark: Mark, evidence: Evidence
    ) -> Mark | None:
        """Mark a wrong result of a working by what that comes to, if it is right, follows from
        another answer or has a cause; otherwise None.
        """
        value, stated = read.worked, read.ways[0]
        if value is None:
            return None
        several = read.step is not None and bool(read.step.others)
        if several and self._cause(question, stated.value, own, evidence):
            return None  # one mistake is likelier than as many slips
        name = arithmetic_slip.MISCONCEPTION.name
        share = question.partial.get(name, 0.0)
        found, followed, credit = None, None, credit_told(question, share)
        if not is_right(question, value):
            elsewhere, followed = (own.lead_to(question, one) for one in (stated.value, value))
            if elsewhere and not is_contradicted(question, stated.value, elsewhere, followed):
                return None
            if read.step and not goes_on_from(question, followed, read.step):
                return None  # which may have other mistakes
            through = _through(question, followed.sources, own) if followed else 0.0
            credit = credit_told(question, share, through) if followed else ""
            share *= through
            if not followed:
                found = self._cause(question, value, own, evidence)
                there = stated._replace(value=value)
                found = caused(question, there, own, evidence, self._diagnosis, found)
                if found is None:
                    return None
                name = f"{found.misconception.name}, {name}"
        source = self._diagnosis.sources(followed.sources, followed.also) if followed else ""
        opposite = isinstance(value, int | float) and same(question, -value, stated.value)
        return mark._replace(
            verdict="partly right" if share else "wrong",
            points=round(question.points * share, 6),
            misconception=name,
            perhaps=found is not None and not found.sure,
            matter=f"{found.matter}; and {SLIPPED}" if found else SLIPPED,
            feedback=noted(
                self.told.slipped(
                    question, value, source, found, opposite=opposite, step=read.step, credit=credit
                ),
                stated.note,
            ),
            note=stated.note,
            follows=tuple(q.id for q, _ in followed.sources) if followed else (),
            worked_out=self._diagnosis.is_worked_out(question, found, evidence.working)
            if found
            else not followed,
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
        followed, found = self._behind(question, reading.value, own, evidence)
        found = caused(question, reading, own, evidence, self._diagnosis, found)
        unknown = question.query.executed and found is None and not followed
        if unknown and not self._only_rounded(question, reading.value, own, evidence.working):
            found = self._diagnosis.rounded(question, reading.value, own, evidence)
        if found and question.choices and not evidence.working.formulas:
            proven = found.misconception is does_not_fit.MISCONCEPTION
            found = found._replace(sure=found.sure and proven)  # a letter is one of a few
        if found and only_rounded(question, reading.value, found, evidence.working):
            found = None  # who rounds makes no other mistake
        share = found.share(question.partial) if found else 0.0
        mark = mark._replace(note=reading.note)
        through = _through(question, followed.sources, own) if followed else 0.0
        if followed and own.are_no_slips(followed.sources):
            note = f"it follows from {self._diagnosis.sources(followed.sources, followed.also)}"
            told = self.told.right(note)
            return mark._replace(verdict="right", points=question.points, feedback=told, note=note)
        known = found is not None and found.names <= {*evidence.told}  # behind the earlier slip
        if followed and (found is None or known or share <= through or len(found.names) > 1):
            share = max(share if known else 0.0, through)
            feedback = self.told.followed(
                question,
                self._diagnosis.sources(followed.sources, followed.also),
                share,
                followed,
                evidence.working,
                more=share > through,
                good=own.each_right(question, reading.value),
            )
            return mark._replace(
                verdict="followed through",
                points=round(question.points * share, 6),
                feedback=noted(feedback, reading.note),
                follows=tuple(q.id for q, _ in followed.sources),
            )
        # One mistake more, behind another, and not the same one at every layer.
        further = found is not None and self._diagnosis.is_further(question, reading.value, found)
        share, credited = credit_of(question, found, further=further)
        if found is None:
            return self._rounded_own(question, reading, own, mark, evidence.working)
        good = own.each_right(question, reading.value)
        each = own.each_followed(question, reading.value, good)
        told = self.told.wrong(question, reading.value, found, credited, good=good, followed=each)
        return mark._replace(
            verdict="partly right" if share else "wrong",
            points=round(question.points * share, 6),
            misconception=found.misconception.name,
            perhaps=not found.sure,
            matter=found.matter,
            source=found.source,
            worked_out=self._diagnosis.is_worked_out(question, found, evidence.working),
            feedback=noted(told, reading.note),
        )

    def _behind(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> tuple[Followed | None, Cause | None]:
        """Return what a wrong answer follows from, and the mistake that explains it, if anything
        does; the latter alone where the answer does not follow though it might.
        """
        followed = own.lead_to(question, value, evidence.working)
        if followed and is_shown_not_to_follow(question, value, followed, evidence, own):
            followed = None
        if followed is None:
            return None, self._cause(question, value, own, evidence)
        beside = self._diagnosis.shown_beside(question, value, followed, evidence)
        if beside is not None:
            return None, beside.after(evidence.told)
        doubt = may_not_follow(question, value, followed, evidence)
        if not question.partial and not doubt:
            return followed, None  # a mistake would change nothing
        found = self._cause(question, value, own, evidence)
        if found and is_rather_a_mistake(question, value, followed, evidence, found):
            return None, found
        return followed, found

    def _cause(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return what explains a wrong answer."""
        found = self._diagnosis.cause(question, value, own, evidence)
        if found is not None:
            explanations = self._diagnosis.explanations(question)
            found = weighed(found, question, value, own, evidence, explanations)
        found = found and without_that_of_a_part(question, found, own, self._diagnosis)
        return found and found.after(evidence.told)

    def _only_rounded(
        self, question: Question, value: Value, own: OwnAnswers, working: Working
    ) -> bool:
        """Say whether an answer is the right one, or what follows from others, rounded too far."""
        if is_rounded_at_all(question, value, working):
            return True
        near = own.leads_near(question, lambda q: follows_rounded(q, value, working))
        return near is not None

    def _rounds_own(self, question: Question, reading: Reading, own: OwnAnswers) -> bool:
        """Say whether a number that is written as a rounded one, `0.9 million`, may be what follows
        from earlier answers, where that has points.
        """
        if not reading.off:
            return False
        near = own.leads_near(question, lambda supposed: is_rounded(supposed, reading))
        return near is not None and bool(_through(question, near[1], own))

    def _rounded_own(
        self,
        question: Question,
        reading: Reading,
        own: OwnAnswers,
        mark: Mark,
        working: Working,
    ) -> Mark | None:
        """Mark an answer that is rounded too far from what follows from another; otherwise None."""
        value = reading.value
        if not question.query.executed:
            return None
        found = own.leads_near(question, lambda q: follows_rounded(q, value, working))
        if found is None or is_rounded_at_all(question, value, working):
            return None
        source, good = self._diagnosis.sources(found[1]), own.each_right(question, value)
        told = self.told.rounded_own(found[0], value, source, question, good, working)
        return mark._replace(
            feedback=noted(told, reading.note),
            meant=question.shown(value),
            note=reading.note,
            matter=matter(found[0], value, working, EARLIER),
        )


def _through(question: Question, sources: Sequence[Answered], own: OwnAnswers) -> float:
    """Return the share of the points of what follows from earlier answers: all of them where these
    are no slips, but accepted.
    """
    return 1.0 if own.are_no_slips(sources) else question.follow_through
