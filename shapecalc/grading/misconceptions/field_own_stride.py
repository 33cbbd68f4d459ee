"""Its own stride counted: 3 + (3 - 1)*2 = 7 for a second 3x3 with S=2, which sees 5."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field with the jump behind the layer for the one before it."""
    windows, right = context.windows, context.right
    if context.key != "receptive_field" or not context.slides or not isinstance(right, tuple):
        return
    jumps = context.of(context.query.name, "jump")
    if not windows or not isinstance(jumps, tuple):
        return
    rows = zip(right, jumps, windows[-1], before_last(context), strict=True)
    axes = [(size - (fit.span - 1) * j, fit.span, jump) for size, jump, fit, j in rows]
    value = tuple(size + (F - 1) * jump for size, F, jump in axes)
    size, F, jump = axes[0]
    yield Wrong(value, f"{size} + ({F} - 1)*{jump} = {value[0]}")


def before_last(context: QuestionContext) -> list[int]:
    """Return the jump before the layer, on each axis."""
    axes = zip(*context.windows, strict=True)
    return [prod(fit.S for fit in axis[:-1]) for axis in axes]


MISCONCEPTION = Misconception(
    "field_own_stride",
    "the stride of the layer itself was counted; it only counts for the layers after it",
    model,
)
