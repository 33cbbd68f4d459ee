"""Filters without depth and biases: 5*5*10 = 250 for 5*5*3*10 + 10 = 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weights of filters one slice deep, alone."""
    own = context.weighted
    if own and own.bias and own.deep > 1 and prod(own.F) > 1:
        told = "the depth of the input and the biases were forgotten" if own.dense else ""
        yield from (w._replace(explanation=told) for w in context.recounted(deep=1, biases=0))


MISCONCEPTION = Misconception(
    "forgot_depth_and_bias",
    "the depth of the filters and the biases were forgotten",
    model,
    parts=("forgot_bias", "forgot_depth"),
    keys=("parameters",),
)
