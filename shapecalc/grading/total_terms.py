"""Which terms of a total are right, where an answer adds up one for each layer."""

from __future__ import annotations

import re

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.own_sums import is_total
from shapecalc.grading.question import Question
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Number, Value
from shapecalc.grading.wording import in_a_row

LEAST, MOST_NAMED = 2, 4  # terms of a sum; wrong ones that are named
TERM = re.compile(r"\s*\+\s*")


def right_terms(question: Question, value: Value, working: Working) -> str:
    """Return which terms of a wrong total are right, in a sentence; empty where none is, or where
    its working has not one for each layer that has some of what is counted.
    """
    if not is_total(question) or question.query.key == "flops":
        return ""
    layers = question.subject.terms(question.query.key)
    terms = next((t for t in map(_terms, working.formulas) if len(t) == len(layers)), [])
    if len(terms) < LEAST or sum(terms) != value:
        return ""
    bad = [name for (name, count), own in zip(layers.items(), terms, strict=True) if count != own]
    if not bad or len(bad) == len(terms):
        return ""
    named = bad if len(bad) <= MOST_NAMED else [*bad[:MOST_NAMED], f"{len(bad) - MOST_NAMED} more"]
    good = len(terms) - len(bad)
    verb, others = ("is" if good == 1 else "are"), ("that" if len(bad) == 1 else "those")
    not_right = "is not" if len(bad) == 1 else "are not"
    return f"{good} of {len(terms)} terms {verb} right; {others} of {in_a_row(named)} {not_right}."


def _terms(formula: str) -> list[Number]:
    """Return what the terms of a sum come to; none for what is no sum of whole numbers."""
    found = [worked_out(f"({term}) + 0") for term in TERM.split(formula)]  # also of a lone number
    return [int(n) for n in found if n is not None and n.denominator == 1] if all(found) else []
