"""S taken as 1: 227x227 with F=11 S=4 gives 217x217 for 55x55."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.misconceptions.variants import Change
from shapecalc.grading.values import shown

CHANGE = Change(S=1)
CORNER = "the stride was taken as 1, and only a corner of that larger map was written down"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output at stride 1; of an example's map, the corner that is as large as it.

    Who has such a map goes on from it: in a gradient alone it is another pixel by another slip.
    """
    if context.key == "output" and any(
        part.S > 1 for part in context.fits or context.transposed_fits
    ):
        yield from context.resized(CHANGE)
    back = context.query.key.endswith((".grad", ".next"))
    found = None if back else with_kernels(context, "corner")
    if found is not None:
        told = CORNER if isinstance(found, tuple) else ""
        yield Wrong(found, f"at stride 1 this part of the larger map would be {shown(found)}", told)


MISCONCEPTION = Misconception(
    "stride_ignored",
    "the stride was taken as 1",
    model,
    CHANGE,
    keys=("output",),
    kinds=("example",),
)
