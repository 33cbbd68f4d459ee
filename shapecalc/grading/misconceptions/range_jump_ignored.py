"""What a unit sees taken one pixel after the other: rows 3 to 7 for 6 to 10 at a jump of 2."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.field_range import Seen, seen
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranges import Range, shown_ranges

APART = (
    "the fields of neighbouring units were taken to be one pixel apart; here they lie further apart"
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the ranges with a jump of 1."""
    found = seen(context.subject.layers, context.query)
    if all(len(one.axis.starts) == 1 for one in found):
        value = tuple(map(_close_by, found))
        told = "" if context.windows else APART  # no product of strides behind an upsampling
        yield Wrong(value, shown_ranges(value), told)


def _close_by(one: Seen) -> Range:
    first = one.at + int(one.axis.starts[0])
    return max(first, 0), min(first + int(one.axis.size), one.W) - 1


MISCONCEPTION = Misconception(
    "range_jump_ignored",
    "the strides were ignored; the fields of neighbouring units are their product apart",
    model,
    kinds=("range",),
)
