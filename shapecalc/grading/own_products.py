"""Multiply-accumulates that a student goes on with own weights for: 9*9*600 = 48,600 at 9x9
positions, whatever the 600 should have been.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.own_values import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value


def weights_of(question: Question, given: Iterable[Answered]) -> Answered | None:
    """Return the own wrong answer to the weights of the layer whose MACs are asked for, if any."""
    query = question.query
    if query.kind != "record" or query.key != "macs":
        return None
    wanted = query.name, "weights"
    return next((a for a in given if (a[0].query.name, a[0].query.key) == wanted), None)


def is_product(question: Question, weights: Answered, subject: Subject, value: Value) -> bool:
    """Say whether MACs are the weights times the positions of a network, each of which takes all of
    them once.
    """
    asked, own = weights
    exact, macs = subject.answer(asked.query), subject.answer(question.query)
    if not isinstance(exact, int) or not isinstance(macs, int) or not isinstance(own, int):
        return False
    return exact > 0 and macs % exact == 0 and own * (macs // exact) == value
