"""Overlaps not added: 3 where 1 + 3 meet in a transposed convolution."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with what the last of overlapping windows gives."""
    found = with_kernels(context, "overwritten")
    if found is not None:
        yield Wrong(
            found, f"with the last window alone where they overlap it would be {shown(found)}"
        )


MISCONCEPTION = Misconception(
    "overlaps_not_summed",
    "only one part was kept where windows overlap; their parts are added",
    model,
    kinds=("example",),
)
