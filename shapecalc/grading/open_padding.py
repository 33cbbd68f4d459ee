"""A padding with a fraction that follows from earlier answers: a stride does not fit there."""

from __future__ import annotations

from contextlib import suppress

from shapecalc.geometry import Fit
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_volumes import is_field_of_volumes
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value
from shapecalc.layers.base import aliases
from shapecalc.layers.window import Sliding


def followed_by_a_fraction(question: Question, value: Value, own: OwnAnswers) -> list[Answered]:
    """Return the earlier answers that a padding with a fraction follows from, 1.5 from an input of
    21 in (21 - 4 + 2P)/2 + 1 = 11; none where it is no such one.
    """
    if not is_field_of_volumes(question) or not isinstance(value, float):
        return []
    for network in own.with_volumes(question):
        record = network.subject.records[question.query.name]
        layer = record.layer
        if not isinstance(layer, Sliding) or not record.input:
            continue
        asks = aliases(type(layer)).get(question.query.key) == "P"
        fits = layer.fits(record.input[0]).axes if asks else ()
        if fits and all(_exactly(fit) == value for fit in fits):
            with suppress(Exception):  # the student's own numbers may lead anywhere
                return own.needed(question, network)
    return []


def _exactly(fit: Fit) -> float | None:
    """Return the padding on both sides with which nothing is left over; None where it is another
    one on each.
    """
    if fit.before != fit.after:
        return None
    return ((fit.size - 1) * fit.S + fit.span - fit.W) / 2
