"""One too large: 8x8 with F=3 S=2 gives 14 + 3 + 1 = 18, not 17."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the right sizes and one more, the + 1 of a convolution's formula."""
    parts = context.transposed_fits
    if parts:
        sizes = [part.size + 1 for part in parts]
        lines = [f"{part.size} + 1 = {part.size + 1}" for part in parts]
        yield from context.volumes(sizes, lines)


MISCONCEPTION = Misconception(
    "transposed_one_too_large",
    "1 was added; the formula of a transposed convolution has no + 1",
    model,
    keys=("output",),
)
