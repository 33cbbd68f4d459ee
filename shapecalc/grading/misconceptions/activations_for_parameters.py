"""The values of the output for the parameters: 32*32*10 = 10,240 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import equal, times

OF_ALL = "the values of all outputs were counted, not the parameters"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the number of activations; not for a dense layer, whose units also are its biases."""
    if context.right:
        if context.total:
            found = context.subject.trace.totals["activations"]
            if found:
                yield Wrong(found, f"the activations = {found:,}", OF_ALL)
        elif len(context.output) > 1:
            found = prod(context.output)
            yield Wrong(found, equal(times(context.output), found))


MISCONCEPTION = Misconception(
    "activations_for_parameters",
    "the values of the output were counted, not the parameters",
    model,
    keys=("parameters",),
)
