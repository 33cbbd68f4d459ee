"""What a unit sees counted from 1: rows 5 to 9 for 4 to 8."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranges import shown_ranges


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the ranges one further."""
    right: Any = context.right
    value = tuple((first + 1, last + 1) for first, last in right)
    yield Wrong(value, shown_ranges(value))


MISCONCEPTION = Misconception(
    "range_from_one", "the pixels were counted from 1", model, kinds=("range",)
)
