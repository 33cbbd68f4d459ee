"""The sum behind a value with its bias left out, as a working shows it: `1*1 + 0.25*8 - 4 = -1`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from shapecalc.derivations import Expression, Operation
from shapecalc.grading.formula_terms import adds_up
from shapecalc.grading.regex import regex
from shapecalc.grading.value_derivation import value_derivation
from shapecalc.grading.worked_out import worked_out

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

BIAS = frozenset(("bias_not_added",))
RESULT = regex(  # what is left in front of a sum of [-1, 3] 1*1 + 2, and of -1 (1*1 + 2)
    r"^(?:[\[(]*[-\d. ]*[)\]]+\s*(?=[\d(\[])|[\d.]+ (?=\())"
)


def shows_no_bias(context: QuestionContext, cause: Cause, formulas: Sequence[str]) -> bool:
    """Say whether a working has the sum of each value that the bias is missing in, without it:
    all its products and nothing else. The bias of another layer stands in no such sum.
    """
    if cause.names != BIAS or cause.wrong.explanation or not formulas:
        return False
    sums = [*islice(_without_bias(context), len(formulas) + 1)]  # no more are looked through
    each = (any(_adds_up(f, terms) for f in formulas) for terms in sums if terms)
    return 0 < len(sums) <= len(formulas) and sum(each) == len(sums)


def _adds_up(formula: str, terms: Sequence[float]) -> bool:
    """Say whether a formula adds up these terms; a sign in front of it is not kept in it."""
    ways = (formula, RESULT.sub("", formula))
    return any(adds_up(f"{sign}{way}", terms) for way in ways for sign in ("", "-"))


def _without_bias(context: QuestionContext) -> Iterator[list[float]]:
    """Yield the products of each value that is asked for and has a bias other than 0; nothing where
    one of these is not written out.
    """
    query, record = context.query, context.record
    if query.kind != "example" or query.key != query.name or record is None:
        return
    computed = context.subject.computed
    array = computed.array(computed.session.names.find(query.key))
    first = (*(0 for _ in range(array.ndim - len(query.place))), *query.place)
    for place in [first] if query.place else product(*map(range, array.shape)):
        found = value_derivation(computed, record, place)
        terms = _terms(found.expression) if found else []
        if len(terms) < 2:
            yield []
        elif terms[-1]:
            yield [term for term in terms[:-1] if term]


def _terms(expression: Expression | None) -> list[float]:
    """Return the numbers that a sum adds up."""
    if not isinstance(expression, Operation) or expression.operator != "+":
        return []
    return [worked_out(term) for term in expression.operands]
