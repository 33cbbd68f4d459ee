"""A bias for each slice of the input: 750 + 3 = 753 for 750 + 10 = 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

OF_DENSE = "a bias was counted for each input; every unit has one"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield as many biases as the input is deep."""
    own = context.weighted
    if own is None or not own.bias:
        return
    D = prod(context.volume) if own.dense else own.D
    told = OF_DENSE if own.dense else ""
    if context.key == "parameters":
        yield from (w._replace(explanation=told) for w in context.recounted(biases=D))
    else:
        yield Wrong(D, f"{D:,} biases", told)


MISCONCEPTION = Misconception(
    "bias_per_input",
    "a bias was counted for each slice of the input; every filter has one",
    model,
    keys=("parameters", "biases"),
)
