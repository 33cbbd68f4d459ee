"""The rate left out: 1 - 4 = -3 for the step 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.answers import shown
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import stepped


def model(case: Case) -> Iterable[Wrong]:
    """Yield w - dw."""
    example = case.subject.trace.spec.example
    if case.asked.kind == "example" and case.asked.key.endswith(".next") and example:
        old = case.of(case.asked.name, case.asked.key.removesuffix(".next"))
        if old is not None and example.rate:
            value = stepped(old, case.right, 1 / example.rate)
            yield Wrong(value, f"w - dw = {shown(value)}")


MISCONCEPTION = Misconception("rate_forgotten", "the learning rate was left out", model)
