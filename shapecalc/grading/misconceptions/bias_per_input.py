"""A bias for each slice of the input: 750 + 3 = 753 for 750 + 10 = 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield as many biases as the input is deep."""
    own = context.weighted
    if own is None or not own.bias:
        return
    D = prod(context.volume) if own.dense else own.D
    if context.key == "parameters":
        yield from context.recounted(biases=D)
    elif context.key == "biases":
        yield Wrong(D, f"one for each input = {D:,}")


MISCONCEPTION = Misconception(
    "bias_per_input", "a bias was counted for each input; every filter or unit has one", model
)
