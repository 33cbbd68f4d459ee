"""A global pool over the depth of each pixel: 8x8x1 for 1x1x48 of 8x8x48."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.pool import GlobalPool


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the input's sizes at a depth of 1."""
    if isinstance(context.layer, GlobalPool) and context.volume:
        volume = (*context.volume[:-1], 1)
        each = (*(f"{size}" for size in volume[:-1]), "1 value at each pixel")
        told = f"1 value at each of the pixels, so {context.written(volume)}"
        yield Wrong(volume, told, by_size=each)


MISCONCEPTION = Misconception(
    "pooled_over_depth",
    "the depth was pooled; a global pool makes one value of each slice and keeps the depth",
    model,
    keys=("output",),
)
