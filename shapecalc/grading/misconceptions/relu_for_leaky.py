"""A ReLU for a leaky one: 0 for leaky_relu1's 0.5*(-2) = -1, and its slope on the way back."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import (
    altered_on_the_way,
    altered_on_the_way_back,
    with_kernels,
)
from shapecalc.grading.values import shown
from shapecalc.layers.activation import LeakyRelu, Relu
from shapecalc.records import KnownRecord

BOTH, BACK = "relu_for_leaky", "relu_slope_for_leaky"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with ReLUs, and with their slopes on the way back alone."""
    ways = ((BOTH, "", altered_on_the_way), (BACK, " on the way back", altered_on_the_way_back))
    for mistake, how, layers in ways:
        found = with_kernels(context, mistake)
        if found is not None:
            text = f"with 0 for what is negative it would be {shown(found)}"
            yield Wrong(found, text, _taken(layers(context, mistake), how))


def _taken(layers: list[KnownRecord], how: str) -> str:
    """Return what was taken as 0, and what it is here: the slope, where it is a known number."""
    slopes = {getattr(record.layer, "slope", None) for record in layers}
    if len(slopes) == 1 and all(isinstance(r.layer, LeakyRelu | Relu) for r in layers):
        return f"the slope below 0 was taken as 0{how}; here it is {shown(slopes.pop())}"
    if layers and all(record.kind == "prelu" for record in layers):
        return f"the slope below 0 was taken as 0{how}; here it is the layer's own"
    return f"a ReLU was taken{how}; this activation does not make 0 of what is negative"


MISCONCEPTION = Misconception(
    "relu_for_leaky",
    "a ReLU was taken; this activation does not make 0 of what is negative",
    model,
    kinds=("example",),
)
