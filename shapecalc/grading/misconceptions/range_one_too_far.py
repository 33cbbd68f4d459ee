"""A last pixel that is one too far: rows 4 to 9 for 4 to 8, first and size added up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranges import shown_ranges


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the ranges with the pixel behind each."""
    right: Any = context.right
    value = tuple((first, last + 1) for first, last in right)
    yield Wrong(value, shown_ranges(value))


MISCONCEPTION = Misconception(
    "range_one_too_far",
    "the size was added to the first pixel; the last one is one before",
    model,
    kinds=("range",),
)
