"""The slope worked out from an activation's input: x*(1 - x) for the y*(1 - y) of a sigmoid."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way_back, with_kernels
from shapecalc.grading.values import shown

MISTAKE = "slope_of_input"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient with the slope of each sigmoid and tanh worked out from its input x."""
    found = with_kernels(context, MISTAKE)
    if found is not None and altered_on_the_way_back(context, MISTAKE):
        yield Wrong(found, f"with its input for y it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "slope_of_input",
    "the slope was worked out from the activation's input; it takes the output y, as in 1 - y*y",
    model,
    kinds=("example",),
)
