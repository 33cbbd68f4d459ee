"""What a unit sees not cut to the input: rows -1 to 1 for 0 to 1 at the upper border."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.field_range import seen
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranges import shown_ranges


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the ranges with the padding in them."""
    value = tuple(one.uncut for one in seen(context.subject.layers, context.query))
    yield Wrong(value, shown_ranges(value))


MISCONCEPTION = Misconception(
    "range_not_cut",
    "pixels of the padding were counted; they are no part of the input",
    model,
    kinds=("range",),
)
