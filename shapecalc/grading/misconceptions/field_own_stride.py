"""Its own stride counted: 3 + (3 - 1)*2 = 7 for a second 3x3 with S=2, which sees 5."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the field with the jump behind the layer for the one before it."""
    windows, right = case.windows, case.right
    if case.key != "receptive_field" or not case.slides or not isinstance(right, tuple):
        return
    jumps = case.of(case.asked.name, "jump")
    if not windows or not isinstance(jumps, tuple):
        return
    rows = zip(right, jumps, windows[-1], before_last(case), strict=True)
    axes = [(size - (fit.span - 1) * j, fit.span, jump) for size, jump, fit, j in rows]
    value = tuple(size + (F - 1) * jump for size, F, jump in axes)
    size, F, jump = axes[0]
    yield Wrong(value, f"{size} + ({F} - 1)*{jump} = {value[0]}")


def before_last(case: Case) -> list[int]:
    """Return the jump before the layer, on each axis."""
    axes = zip(*case.windows, strict=True)
    return [prod(fit.S for fit in axis[:-1]) for axis in axes]


MISCONCEPTION = Misconception(
    "field_own_stride", "a layer's own stride only counts for the layers after it", model
)
