"""Multiply-accumulates, or FLOPs, that a student goes on with own weights for: 9*9*600 = 48,600 at
9x9 positions, whatever the 600 should have been, and twice as many FLOPs.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.flops import USUAL, counted
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value


def is_factor(question: Question, other: Question) -> bool:
    """Say whether another question asks for the weights of the layer whose MACs or FLOPs are asked
    for.
    """
    query, theirs = question.query, other.query
    multiplied = query.kind == "flops" or (
        query.kind == "record" and query.key in ("macs", "flops")
    )
    return multiplied and (theirs.name, theirs.key) == (query.name, "weights")


def weights_of(question: Question, given: Iterable[Answered]) -> Answered | None:
    """Return the answer to the weights of the layer whose MACs or FLOPs are asked for, if any."""
    return next((answered for answered in given if is_factor(question, answered[0])), None)


def is_product(question: Question, weights: Answered, subject: Subject, value: Value) -> bool:
    """Say whether MACs are the weights times the positions of a network, each of which takes all of
    them once; or FLOPs as many as these make, with the biases if the question has them counted.
    """
    asked, own = weights
    query, exact = question.query, subject.answer(asked.query)
    right = counted(subject.layers, query)
    if right is None or not isinstance(exact, int) or not isinstance(own, int):
        return False
    if exact <= 0 or right.macs % exact:
        return False
    made = right._replace(macs=own * (right.macs // exact))
    if query.key == "macs":
        return made.macs == value
    return made.by(query.place if query.kind == "flops" else USUAL) == value
