"""A filter's height and width in front, as Keras has them: 5x5x3x10 for 10x3x5x5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the shape with its spatial axes in front, the other two in either order."""
    shape = context.weight_shape
    if len(shape) > 2:
        first, second, *F = shape
        for value in ((*F, second, first), (*F, first, second)):
            yield Wrong(value, shown(value))


MISCONCEPTION = Misconception(
    "shape_spatial_first",
    "the sizes of the filter were written first, as in Keras, and not last, as in PyTorch",
    model,
)
