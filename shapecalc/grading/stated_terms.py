"""The terms of a total that stand in an answer's working, one for each layer."""

from __future__ import annotations

import re
from collections import Counter

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.question import Question
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value

LEAST = 2  # of a sum
TERM = re.compile(r"\s*\+\s*")


def stated_terms(question: Question, value: Value, working: Working) -> dict[str, int]:
    """Return the terms that a working has for a total, by the layers that have some of what is
    counted; nothing where there are not as many, where they do not come to the answer, or where
    they stand in another order, which does not say whose they are.
    """
    layers = question.subject.terms(question.query.key)
    found = next((t for t in map(terms_in, working.formulas) if len(t) == len(layers)), [])
    if len(found) < LEAST or sum(found) != value:
        return {}
    good = sum(own == right for own, right in zip(found, layers.values(), strict=True))
    in_order = good == (Counter(found) & Counter(layers.values())).total()
    return dict(zip(layers, found, strict=True)) if in_order else {}


def terms_in(formula: str) -> list[int]:
    """Return what the terms of a sum come to; none for what is no sum of whole numbers."""
    found = [worked_out(f"({term}) + 0") for term in TERM.split(formula)]  # also of a lone number
    return [int(n) for n in found if n is not None and n.denominator == 1] if all(found) else []
