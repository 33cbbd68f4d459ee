"""A softmax without its exponential: 2/(2 + 3) = 0.4 for exp(2)/(exp(2) + exp(3)) = 0.2689."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_outputs
from shapecalc.grading.values import flat, shown

SMALLEST = 1e-6  # a sum that somebody divides by


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with each score over their plain sum. A share may come out negative, which
    stops nobody; but none has a logarithm of it.
    """
    found = with_outputs(context, "exponential_forgotten", "softmax", _shares)
    if found is not None and all(isfinite(float(number)) for number in flat(found)):
        yield Wrong(found, f"with the plain scores it would be {shown(found)}")


def _shares(scores: Any) -> Any | None:
    """Return scores over their sums; None where such a sum is 0."""
    sums = scores.sum(axis=1, keepdims=True)
    return scores / sums if (abs(sums) > SMALLEST).all() else None


MISCONCEPTION = Misconception(
    "exponential_forgotten",
    "the exponential was forgotten; a softmax takes exp(z) of each score z first",
    model,
    kinds=("example",),
)
