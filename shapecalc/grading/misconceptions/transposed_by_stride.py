"""A transposed convolution as W*S: 8x8 with F=3 S=2 gives 16x16, not 17x17."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the input's sizes times the stride."""
    parts = context.transposed_fits
    if parts:
        sizes = [part.W * part.S for part in parts]
        lines = [f"{part.W}*{part.S} = {size}" for part, size in zip(parts, sizes, strict=True)]
        yield from context.volumes(sizes, lines)


MISCONCEPTION = Misconception(
    "transposed_by_stride",
    "the size was taken as W*S; it is (W - 1)*S - 2P + F",
    model,
    keys=("output",),
)
