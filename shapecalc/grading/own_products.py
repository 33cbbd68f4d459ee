"""Multiply-accumulates that a student goes on with own weights for: 9*9*600 = 48,600 at 9x9
positions, whatever the 600 should have been.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.own_values import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value


def is_factor(question: Question, other: Question) -> bool:
    """Say whether another question asks for the weights of the layer whose MACs are asked for."""
    query, theirs = question.query, other.query
    macs = query.kind == "record" and query.key == "macs"
    return macs and (theirs.name, theirs.key) == (query.name, "weights")


def weights_of(question: Question, given: Iterable[Answered]) -> Answered | None:
    """Return the answer to the weights of the layer whose MACs are asked for, if any."""
    return next((answered for answered in given if is_factor(question, answered[0])), None)


def is_product(question: Question, weights: Answered, subject: Subject, value: Value) -> bool:
    """Say whether MACs are the weights times the positions of a network, each of which takes all of
    them once.
    """
    asked, own = weights
    exact, macs = subject.answer(asked.query), subject.answer(question.query)
    if not isinstance(exact, int) or not isinstance(macs, int) or not isinstance(own, int):
        return False
    return exact > 0 and macs % exact == 0 and own * (macs // exact) == value
