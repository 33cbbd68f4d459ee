"""One student's answers by the networks that they hold in: what was answered about a layer holds
wherever that layer computes the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Generic, TypeVar

from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_volumes import as_meant, is_volume
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value

Answer = TypeVar("Answer")


class ByNetwork(Generic[Answer]):
    """Answers, or what is known of these, with their questions."""

    def __init__(self) -> None:
        self._own: defaultdict[Subject, list[tuple[Question, Answer]]] = defaultdict(list)
        self._carried: defaultdict[Subject, list[tuple[Question, Answer]]] = defaultdict(list)

    def add(self, question: Question, answer: Answer) -> None:
        """Add the answer to a question."""
        self._own[question.subject].append((question, answer))
        for there in question.elsewhere:
            self._carried[there.subject].append((there, answer))

    def about(self, subject: Subject) -> list[tuple[Question, Answer]]:
        """Return the answers that hold in a network, those about others first. What was answered
        about the network itself stands in the place of such a one.
        """
        own = self._own.get(subject, [])
        if subject not in self._carried:
            return own
        asked = {question.query for question, _ in own}
        return [one for one in self._carried[subject] if one[0].query not in asked] + own


class WrongAndRight:
    """One student's wrong and right answers, by networks."""

    def __init__(self) -> None:
        self._given: ByNetwork[tuple[Value, bool]] = ByNetwork()
        self._apart: dict[Subject, tuple[list[Answered], list[Answered]]] = {}
        self._volumes: dict[Subject, list[Answered]] = {}

    def add(self, question: Question, value: Value, *, right: bool) -> None:
        """Add an answer, or the right one that a network goes on with in its place."""
        self._apart.clear()
        self._volumes.clear()
        self._given.add(question, (value, right))

    def wrong(self, subject: Subject) -> list[Answered]:
        """Return the wrong answers that hold in a network."""
        return self._in(subject)[0]

    def right(self, subject: Subject) -> list[Answered]:
        """Return the right ones, and the right volumes in the place of others."""
        return self._in(subject)[1]

    def _in(self, subject: Subject) -> tuple[list[Answered], list[Answered]]:
        """Return the wrong ones and the right ones: they are asked for many times an answer."""
        if subject not in self._apart:
            found: tuple[list[Answered], list[Answered]] = [], []
            for question, (value, right) in self._given.about(subject):
                found[right].append((question, value))
            self._apart[subject] = found
        return self._apart[subject]

    def volumes(self, subject: Subject) -> list[Answered]:
        """Return the wrong volumes that a network goes on with: the last about each layer."""
        if subject not in self._volumes:
            wrong = self.wrong(subject)
            last = {q.query: (q, v) for q, v in wrong if q.query.key == "output"}.values()
            found = [(q, v) for q, v in last if is_volume(v) and as_meant(q, v) != q.right]
            self._volumes[subject] = found
        return self._volumes[subject]
