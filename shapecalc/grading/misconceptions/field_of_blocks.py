"""The fields of blocks added: twice a 3x3 and a 2x2 S=2: 4 + 4 = 8 for 10."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the sum of the fields of runs that end with a stride, each as if it came first."""
    if not context.windows:
        return
    axes = [_fields(axis) for axis in zip(*context.windows, strict=True)]
    if len(axes[0]) > 1:
        value = tuple(map(sum, axes))
        yield Wrong(value, f"{terms(axes[0])} = {value[0]}")


def _fields(windows: Iterable[Fit]) -> list[int]:
    """Return the field of each run of windows."""
    fields, size, jump = [], 1, 1
    for fit in windows:
        size += (fit.span - 1) * jump
        jump *= fit.S
        if fit.S > 1:
            fields.append(size)
            size, jump = 1, 1
    return [*fields, size] if size > 1 else fields


MISCONCEPTION = Misconception(
    "field_of_blocks",
    "the fields of the blocks were added up; the strides before a block widen what it sees",
    model,
    keys=("receptive_field",),
)
