"""The jump ignored: 7x7 at S=2, then 3x3: 1 + 6 + 2 = 9 for 7 + 2*2 = 11."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield 1 plus the sum of F - 1."""
    if context.windows:
        axes = [[fit.span for fit in axis] for axis in zip(*context.windows, strict=True)]
        value = tuple(1 + sum(F - 1 for F in axis) for axis in axes)
        yield Wrong(value, f"1 + {terms([F - 1 for F in axes[0]])} = {value[0]}")


MISCONCEPTION = Misconception(
    "field_stride_ignored",
    "the strides of the layers before it were ignored",
    model,
    keys=("receptive_field",),
)
