"""One of a pool's overlapping windows alone: 3 for 3 + 4 at the largest of both."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradients with what the first, or the last, of overlapping windows gives."""
    if not context.query.key.endswith((".grad", ".next")):
        return
    for which in ("first", "last"):
        found = with_kernels(context, f"{which}_of_overlapping")
        if found is not None:
            told = f"with the {which} window alone where they overlap it would be {shown(found)}"
            yield Wrong(found, told)


MISCONCEPTION = Misconception(
    "pool_overlap_ignored",
    "only one of the pool's overlapping windows was counted; their gradients are added",
    model,
    kinds=("example",),
)
