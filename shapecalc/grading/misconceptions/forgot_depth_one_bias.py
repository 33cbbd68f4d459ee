"""Filters without depth, one bias in total: 5*5*10 + 1 = 251 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

ONE_BIAS = "the depth of the input was forgotten, and one bias was counted for all"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield filters one slice deep and a bias."""
    own = context.weighted
    if own is None or own.K == 1:
        return
    if own.dense and own.deep == own.K:
        return  # as where a convolution's K filters are taken for one
    if own.bias and own.deep > 1 and prod(own.F) > 1:
        told = ONE_BIAS if own.dense else ""
        yield from (w._replace(explanation=told) for w in context.recounted(deep=1, biases=1))


MISCONCEPTION = Misconception(
    "forgot_depth_one_bias",
    "the depth of the filters was forgotten, and one bias was counted for all",
    model,
    parts=("forgot_depth", "one_bias"),
    keys=("parameters",),
)
