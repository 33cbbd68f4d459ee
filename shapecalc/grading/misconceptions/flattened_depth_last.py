"""Flattened pixel by pixel: slices [[1, 2]] and [[3, 4]] as 1, 3, 2, 4 for 1, 2, 3, 4."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with every volume flattened with its depth last."""
    found = with_kernels(context, "flattened_depth_last")
    if found is not None:
        yield Wrong(found, f"flattened pixel by pixel it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "flattened_depth_last",
    "the volume was flattened pixel by pixel, with the depth last; it is flattened slice by slice",
    model,
    kinds=("example",),
)
