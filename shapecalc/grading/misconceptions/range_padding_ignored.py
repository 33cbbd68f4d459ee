"""What a unit sees without the padding before it: rows 4 to 8 for 3 to 7 at a padding of 1."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.field_range import seen
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranges import shown_ranges


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the ranges as if the first unit's began with the input."""
    found = seen(context.subject.layers, context.query)
    if all(len(one.axis.starts) == 1 for one in found):
        shifts = [int(one.axis.starts[0]) for one in found]
        pairs = zip(found, shifts, strict=True)
        value = tuple((one.uncut[0] - by, min(one.uncut[1] - by, one.W - 1)) for one, by in pairs)
        yield Wrong(value, shown_ranges(value))


MISCONCEPTION = Misconception(
    "range_padding_ignored",
    "the padding was ignored; fields begin before the input with it",
    model,
    kinds=("range",),
)
