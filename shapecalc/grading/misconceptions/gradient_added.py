"""The gradient added: 1 + 0.1*4 = 1.4 for the step 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.answers import shown
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import stepped


def model(case: Case) -> Iterable[Wrong]:
    """Yield w + rate*dw, which is 2w less the right w - rate*dw."""
    if case.asked.kind == "example" and case.asked.key.endswith(".next"):
        old = case.of(case.asked.name, case.asked.key.removesuffix(".next"))
        if old is not None:
            value = stepped(old, case.right, -1.0)
            yield Wrong(value, f"w + rate * dw = {shown(value)}")


MISCONCEPTION = Misconception(
    "gradient_added", "the gradient was added; a step goes against it", model
)
