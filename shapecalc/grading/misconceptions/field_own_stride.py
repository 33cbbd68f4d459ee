"""Its own stride counted: 3 + (3 - 1)*2 = 7 for a second 3x3 with S=2, which sees 5."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from math import prod
from operator import mul

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms as terms_of

AT_EVERY_LAYER = (
    "the stride of each layer itself was counted; it only counts for the layers after it"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field with the jump behind the layer for the one before it."""
    right = context.right
    if not context.slides or not isinstance(right, tuple):
        return
    windows = context.windows
    jumps = context.of(context.query.name, "jump")
    if not windows or not isinstance(jumps, tuple):
        return
    rows = zip(right, jumps, windows[-1], before_last(context), strict=True)
    axes = [(size - (fit.span - 1) * j, fit.span, jump) for size, jump, fit, j in rows]
    value = tuple(size + (F - 1) * jump for size, F, jump in axes)
    size, F, jump = axes[0]
    yield Wrong(value, f"{size} + ({F} - 1)*{jump} = {value[0]}")
    yield from _everywhere(context)


def _everywhere(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field with the stride of every layer counted for the layer itself."""
    fields: list[int] = []
    added = [1]
    for axis in zip(*context.windows, strict=True):
        jumps = accumulate((fit.S for fit in axis), mul)
        terms = [(fit.span - 1) * jump for fit, jump in zip(axis, jumps, strict=True)]
        added = added if fields else added + [term for term in terms if term]
        fields.append(1 + sum(terms))
    yield Wrong(tuple(fields), f"{terms_of(added)} = {fields[0]}", AT_EVERY_LAYER)


def before_last(context: QuestionContext) -> list[int]:
    """Return the jump before the layer, on each axis."""
    axes = zip(*context.windows, strict=True)
    return [prod(fit.S for fit in axis[:-1]) for axis in axes]


MISCONCEPTION = Misconception(
    "field_own_stride",
    "the stride of the layer itself was counted; it only counts for the layers after it",
    model,
    keys=("receptive_field",),
)
