"""Answers that a person has to look at first, since others may follow from them."""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc.grading.feedback import Told
from shapecalc.grading.marks import Mark
from shapecalc.grading.own_volumes import nearest
from shapecalc.grading.question import Question


class Pending:
    """The answers of one student that are to be looked at so far. `numbers` are the questions'."""

    def __init__(self, told: Told, numbers: Mapping[str, int]) -> None:
        self._told, self._numbers = told, numbers
        self._questions: list[Question] = []

    def behind(self, question: Question, mark: Mark) -> Mark:
        """Return the mark of an answer behind those. A wrong one that may follow from one of them
        is to be looked at as well, or told of it where a mistake is certainly behind it.
        """
        if mark.unread:
            self._questions.append(question)
        if mark.verdict not in ("wrong", "partly right"):
            return mark
        first = next((other for other in self._questions if _hangs_on(question, other)), None)
        if first is None:
            return mark
        certain = mark.misconception is not None and not mark.perhaps
        why = self._told.hangs_on(self._numbers[first.id], certain=certain)
        if certain:
            return mark._replace(feedback=f"{mark.feedback} {why}".strip())
        return mark._replace(
            verdict="needs a look", points=0.0, misconception=None, perhaps=False, feedback=why,
            note="", meant="", matter="",
        )  # fmt: skip


def _hangs_on(question: Question, other: Question) -> bool:
    """Say whether an answer may follow from another: the volume of a layer on the way to it, or a
    number of the example that it is computed from.
    """
    subject, query, before = question.subject, question.query, other.query
    if other.subject is not subject or query == before:
        return False
    if query.kind == before.kind == "example":
        return before.key in subject.way_back(query.key, (before.key,)).keys
    sized = query.kind in ("record", "size") and before.key == "output"
    return sized and before.name in nearest(question, {before.name})[0]
