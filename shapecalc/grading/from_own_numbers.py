"""What a wrong answer without a cause would have been from the student's own earlier ones."""

from __future__ import annotations

from contextlib import suppress

from shapecalc.grading.comparison import alike
from shapecalc.grading.feedback import MOST_TOLD
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_sums import is_total
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value, flat

KINDS = ("record", "size", "example")


def from_own_numbers(question: Question, own: OwnAnswers) -> tuple[Value, list[Answered]] | None:
    """Return what follows from earlier wrong answers, and these; None where that is what is right,
    or long, or not certain: a total has its terms told, and who has own weights may multiply these.
    """
    query = question.query
    if query.kind not in KINDS or is_total(question) or own.parts_of(question):
        return None
    for network in own.nearest(question):
        with suppress(Exception):  # the student's own numbers may lead anywhere
            corrected: Value = network.subject.answer(query)
            known = network.determines(query, corrected) and not network.rounded(query)
            if not known or len(flat(corrected)) > MOST_TOLD or alike(corrected, question.right):
                return None
            return corrected, own.needed(question, network)
    return None
