"""The first two axes of a weight swapped: 3x10x5x5 for 10x3x5x5, 400x120 for 120x400."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense

OF_DENSE = "the inputs were written before the units, which PyTorch has first"
OF_TRANSPOSED = (
    "the filters were written before the input's depth, which PyTorch has first in a transposed"
    " convolution"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the shape with its second axis in front."""
    shape = context.weight_shape
    if len(shape) > 1:
        first, second, *rest = shape
        told, what = "", "the filters"
        if isinstance(context.layer, Dense):
            told, what = OF_DENSE, "the units"
        elif isinstance(context.layer, ConvTranspose):
            told, what = OF_TRANSPOSED, "the input's depth"
        value = (second, first, *rest)
        yield Wrong(value, f"{shown(value)} has {what} second", told)


MISCONCEPTION = Misconception(
    "shape_axes_swapped",
    "the depth was written before the filters, which PyTorch has first",
    model,
    kinds=("shape",),
)
