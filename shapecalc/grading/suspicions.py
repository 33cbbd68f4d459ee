"""Which mistakes may be behind a student's answers, and what these say of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from shapecalc.grading.answered import Read
from shapecalc.grading.behind_right_arrays import left_behind, may_be_met
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.frequency import SLIPS
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_sums import SUMMED, is_total
from shapecalc.grading.own_volumes import as_meant
from shapecalc.grading.practice import Practice
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat

MOST = 1000  # answers whose mistakes are remembered, and twice as many


class Suspicions:
    """The mistakes behind answers; what is found out is kept for the next student."""

    def __init__(self, explanations: Callable[[Question], Explanations]) -> None:
        self._explanations = explanations
        self._names: Remembered[Any, frozenset[str]] = Remembered(MOST)
        self._unmade_by: Remembered[Any, frozenset[str]] = Remembered(MOST)
        self._certainties: Remembered[Any, frozenset[str]] = Remembered(MOST)

    def evidence(
        self, question: Question, read: Read, practice: Practice, *, alone: bool
    ) -> Evidence:
        """Return what tells between the causes of a wrong answer: what matters of it, where the
        answer stands `alone`, for no other about the same network counts.
        """
        suspected = self._suspected(question, read)
        unmade, doubted = practice.against(question.id), practice.doubted(question.id)
        evidence = Evidence(
            unmade & suspected if alone else unmade,
            read.working,
            outdone=practice.outdone(question.id, suspected),
            doubted=doubted & suspected if alone else doubted,
            denied=practice.denied & suspected if alone else practice.denied,
            beside=practice.certain_beside(question.id),
        )
        if question.query.executed:
            if suspected and alone:  # where something fits, what else does not is no chance
                tried = suspected | self._explanations(question).unmade
                return evidence._replace(unmade=unmade & tried)
            return evidence
        made, maybe = practice.made_beside(question.id), self._on_the_way(question, read)
        if maybe and alone:  # as above
            tried = suspected | self._explanations(question).met_on_the_way
            evidence = evidence._replace(unmade=unmade & tried, doubted=doubted & tried)
        sound = practice.sound(question.subject)
        if is_total(question):
            counted = practice.sound(question.subject, question.query.key)
            evidence = evidence._replace(counted=counted)
        return evidence._replace(
            sound=sound & self._led_through(question, read) if alone else sound,
            made=made & (suspected | maybe) if alone else made,
            maybe=practice.suspected_beside(question.id) & maybe,
        )

    def from_right(
        self, question: Question, read: Read, own: OwnAnswers, so_far: Evidence
    ) -> Evidence:
        """Return the evidence with that of the student's own right arrays, which rule out mistakes
        behind a wrong answer that is made from them.
        """
        behind = own.with_right(question)
        if behind is None:
            return so_far
        explanations = self._explanations(question)
        values = [way.value for way in read.ways]
        suspected = self._suspected(question, read)
        if read.worked is not None:
            values.append(read.worked)
            suspected |= explanations.suspected(read.worked)
        if not suspected or not all(
            may_be_met(question.right, value, explanations.near) for value in values
        ):
            return so_far._replace(from_right=behind)
        left = frozenset[str]().union(
            *(left_behind(explanations, behind, value, suspected) for value in values)
        )
        return so_far._replace(from_right=behind, ruled_out=suspected - left)

    def practice(self, answered: Sequence[tuple[Question, Read]]) -> Practice:
        """Return what a student's answers show of the mistakes; nothing where none is wrong."""
        wrong = [(question, one) for question, one in answered if not one.as_computed]
        if not wrong:
            return Practice()
        suspected = {q.id: self._suspected(q, one) for q, one in wrong}
        return Practice(
            {q.id: self._unmade(q, one) for q, one in answered},
            suspected,
            {q.id: self._alone(q, one) for q, one in wrong},
            self._certain(answered),
            {q.id: suspected[q.id] | self._on_the_way(q, one) for q, one in wrong},
            _sound(answered),
            frozenset(q.id for q, _ in answered if q.query.kind == "field"),
            frozenset(q.id for q, _ in answered if q.query.key == "receptive_field"),
            frozenset(q.id for q, _ in answered if q.query.executed and any(q.query.place)),
        )

    def _unmade(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that an answer speaks against: one that is right, or is but for the
        order of its sizes.
        """

        def names() -> frozenset[str]:
            if read.as_computed:
                return self._explanations(question).unmade - self._alone(question, read)
            if all(_in_another_order(question, way.value) for way in read.ways):
                return self._explanations(question).unmade - self._suspected(question, read)
            return frozenset()

        return self._unmade_by.get((question.id, read.meant), names)

    def _certain(self, answered: Sequence[tuple[Question, Read]]) -> dict[str, frozenset[str]]:
        """Return the mistakes that are certainly behind a student's wrong answers, by question:
        where these do not follow from earlier ones.
        """
        own = OwnAnswers()
        found = {}
        for question, read in answered:
            names = self._behind(question, read) if read.right is None else None
            if names and not own.change(question):
                found[question.id] = names
            if read.as_computed:
                own.add_right(question, read.value)
            else:
                own.add(question, read.ways[0].value if read.accepted is None else read.accepted)
        return found

    def _behind(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that are certainly behind a wrong answer, as it stands. A letter is
        one of a few.
        """
        if question.query.executed or question.choices:
            return frozenset()

        def names() -> frozenset[str]:
            evidence = Evidence(working=read.working)
            causes = (
                self._explanations(question).cause_of(way.value, two=False, evidence=evidence)
                for way in read.ways
            )
            found = next(filter(None, causes), None)
            sure = found.misconception.name.split(", ") if found and found.sure else ()
            return frozenset(sure) - SLIPS

        return self._certainties.get((question.id, read.meant, read.working), names)

    def _on_the_way(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that a wrong answer may follow from."""
        return self._giving(question, read, Explanations.on_the_way)

    def _led_through(self, question: Question, read: Read) -> frozenset[str]:
        """Return the layers of which a wrong answer may have a wrong volume."""
        explanations = self._explanations(question)
        return frozenset().union(*(explanations.led_through(way.value) for way in read.ways))

    def _suspected(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that give a wrong answer."""
        return self._giving(question, read, Explanations.suspected)

    def _alone(self, question: Question, read: Read) -> frozenset[str]:
        """Return the mistakes that give an answer without another; it may be right as well."""
        return self._giving(question, read, Explanations.alone)

    def _giving(
        self,
        question: Question,
        read: Read,
        behind: Callable[[Explanations, Value], frozenset[str]],
    ) -> frozenset[str]:
        explanations = self._explanations(question)
        return self._names.get(
            (question.id, read.meant, behind),
            lambda: frozenset().union(*(behind(explanations, way.value) for way in read.ways)),
        )


def _sound(answered: Sequence[tuple[Question, Read]]) -> dict[tuple[Subject, str], frozenset[str]]:
    """Return the layers of each network of which the right volume or count was given."""
    found: defaultdict[tuple[Subject, str], set[str]] = defaultdict(set)
    for question, read in answered:
        if question.query.key in ("output", *SUMMED) and read.as_computed:
            found[question.subject, question.query.key].add(question.query.name)
    return {about: frozenset(names) for about, names in found.items()}


def _in_another_order(question: Question, value: Value) -> bool:
    """Say whether the sizes of a volume are right, but for their order."""
    same = as_meant(question, value) == question.right
    return same and len(flat(value)) == len(flat(question.right))
