"""Filters without depth: 10 filters of 5x5 on depth 3 give 5*5*10 + 10 = 260 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.grading.misconceptions.variants import equal, times
from shapecalc.layers.conv import Convolution
from shapecalc.quantities import OF_OUTPUT


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count with filters one slice deep; also the values of one slice of the output."""
    own = context.weighted
    if own and own.F and own.deep > 1 and (prod(own.F) > 1 or not own.dense):
        told = "the depth of the input was forgotten" if own.dense else ""
        yield from (w._replace(explanation=told) for w in context.recounted(deep=1))
        if isinstance(context.layer, Convolution):
            yield from context.reshaped((own.K, *own.F))
            yield from context.reshaped((own.K, 1, *own.F))
        if context.key == "im2col" and isinstance(context.right, tuple):
            window, positions = prod(own.F), context.right[-1]
            yield Wrong((window, positions), f"{equal(times(own.F), window)} in a window")
    if context.key in OF_OUTPUT and len(context.output) > 1:
        each = OF_OUTPUT[context.key]
        factors = [*context.output[:-1], *([each] if each > 1 else ())]
        told = "the depth of the output was forgotten"
        yield Wrong(prod(factors), equal(times(factors), prod(factors)), told)


MISCONCEPTION = Misconception(
    "forgot_depth",
    "the depth of the filters was forgotten",
    model,
    of_all="a depth was forgotten",
    keys=(*RECOUNTED, *OF_OUTPUT, "im2col"),
    kinds=("shape",),
)
