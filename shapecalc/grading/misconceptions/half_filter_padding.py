"""F/2 for (F - 1)/2: P = 5/2 = 2.5, or 3, where 2 zeros keep 32x32 with F=5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change
from shapecalc.grading.values import shown

# So it is where the size is kept and the + 1 forgotten: (W - F + 2P)/1 = W for P = F/2.
AS_WITHOUT_ONE = (
    "the padding came out as half of F, as without the + 1, and is no whole number here"
)
NOT_WHOLE = "the padding was taken as half of F, which is no whole number here"
CHANGE = Change(sides=lambda before, after: (before + 1, after + 1))


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield half of F for the padding that keeps the size, and the output with it rounded up."""
    fits = context.fits
    if not fits or any(fit.dilation > 1 or 2 * fit.before != fit.F - 1 for fit in fits):
        return
    half = fits[0].F / 2
    if context.key == "output" and all(fit.follows and fit.S == 1 for fit in fits):
        yield from context.resized(CHANGE)
    elif context.asks_for("P"):
        up = fits[0].before + 1
        told = AS_WITHOUT_ONE if all(fit.S == 1 for fit in fits) else NOT_WHOLE
        yield Wrong(half, f"F/2 = {fits[0].F}/2 = {shown(half)}", told)
        yield Wrong(up, f"F/2 = {shown(half)}, rounded up = {up}")


MISCONCEPTION = Misconception(
    "half_filter_padding",
    "the padding was taken as half of F, rounded up",
    model,
    keys=("output",),
    kinds=("field",),
)
