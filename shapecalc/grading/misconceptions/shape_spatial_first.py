"""A filter's height and width in front, as Keras has them: 5x5x3x10 for 10x3x5x5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.conv import DepthwiseConv

NEITHER = "the sizes of the filter were written first; PyTorch has them last"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the shape with its spatial axes in front, the other two in either order."""
    shape = context.weight_shape
    if len(shape) > 2:
        first, second, *F = shape
        depthwise = isinstance(context.layer, DepthwiseConv)
        for turned, others in ((not depthwise, (second, first)), (depthwise, (first, second))):
            value = (*F, *others)
            yield Wrong(
                value,
                f"{shown(value)} has the sizes first",
                "" if turned else NEITHER,
            )


MISCONCEPTION = Misconception(
    "shape_spatial_first",
    "it was written in Keras' order; PyTorch has the sizes of the filter last",
    model,
    kinds=("shape",),
)
