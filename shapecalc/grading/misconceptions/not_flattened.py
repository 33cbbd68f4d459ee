"""A dense layer on the depth alone: 10 units on 5x5x64 give 650 for 16,010."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count with the input's depth for all of its values."""
    own = context.weighted
    if own and own.dense and own.F:
        yield from context.recounted(F=())
        yield from context.reshaped((own.K, own.deep))


MISCONCEPTION = Misconception(
    "not_flattened",
    "only the depth was counted; the dense layer sees every value of the volume",
    model,
    keys=RECOUNTED,
    kinds=("shape",),
)
