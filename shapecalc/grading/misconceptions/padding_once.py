"""P counted on one side only: (W - F + P)/S + 1, so 32x32 with F=5 P=2 gives 30x30.

Who is asked for P then finds as much as the zeros of both sides, as who counts these does.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.padding_doubled import doubled
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(sides=lambda before, after: (before, 0))
AS_LARGE = Change(sides=lambda before, after: (before + after, 0))


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the padding of the first side alone; and the padding that there has to
    be on this side alone for the right output.
    """
    if context.key == "output" and any(before and after for before, after in context.borders):
        yield from context.resized(CHANGE)
    value = doubled(context) if context.fits else None
    if value is not None:
        lines = (line for wrong in context.sized(AS_LARGE) for line in wrong.by_size if line)
        yield Wrong(value, "; ".join(dict.fromkeys(lines)))


MISCONCEPTION = Misconception(
    "padding_once",
    "the padding P was added on one side only; it goes on both",
    model,
    CHANGE,
    keys=("output",),
    kinds=("field",),
)
