"""One student's answers by the networks that they hold in: what was answered about a layer holds
wherever that layer computes the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Generic, TypeVar

from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject

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
