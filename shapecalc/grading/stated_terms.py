"""The terms of a total that stand in an answer's working, one for each layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_sums import is_total
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.student_working import Working, working_in
from shapecalc.grading.values import Value

LEAST = 2  # of a sum
TERM = regex(r"\s*\+\s*")


def stated_terms(question: Question, value: Value, working: Working) -> dict[str, int]:
    """Return the terms that a working has for a total, by the layers that have some of what is
    counted; nothing where there are not as many, where they do not come to the answer, or where
    they stand in another order, which does not say whose they are.
    """
    sums = sums_of(value, working)
    layers = question.subject.terms(question.query.key) if sums else {}
    found = next((terms for terms in sums if len(terms) == len(layers)), None)
    if found is None:
        return {}
    good = sum(own == right for own, right in zip(found, layers.values(), strict=True))
    in_order = good == (Counter(found) & Counter(layers.values())).total()
    return dict(zip(layers, found, strict=True)) if in_order else {}


def terms_of_total(question: Question, reading: Reading, working: Working) -> Mapping[str, int]:
    """Return the terms of a total by the layers that have some of what is counted; nothing where
    neither its working nor what is read of `conv1: 760, dense1: 17283` has one for each of them.
    """
    if not is_total(question):
        return {}
    texts = (working, working_in(reading.note))
    return next(filter(None, (stated_terms(question, reading.value, t) for t in texts)), {})


def has_what_is_missing(context: QuestionContext, value: Value, working: Working) -> bool:
    """Say whether what a total lacks stands in its working, as often as layers have it: none of
    them was left out then.
    """
    if not isinstance(context.right, int) or not isinstance(value, int):
        return False
    sums, missing = sums_of(value, working), context.right - value
    often = [*context.subject.terms(context.key).values()].count(missing) if sums else 0
    return any(terms.count(missing) >= often > 0 for terms in sums)


def sums_of(value: Value, working: Working) -> list[list[int]]:
    """Return the terms of each sum in a working that comes to an answer."""
    found = map(terms_in, working.formulas)
    return [terms for terms in found if len(terms) >= LEAST and sum(terms) == value]


def terms_in(formula: str) -> list[int]:
    """Return what the terms of a sum come to that are not 0, as those of layers without weights
    are; none for what is no sum of whole numbers.
    """
    found = [worked_out(f"({term}) + 0") for term in TERM.split(formula)]  # also of a lone number
    whole = [int(n) for n in found if n is not None and n.denominator == 1]
    return [n for n in whole if n] if len(whole) == len(found) else []
