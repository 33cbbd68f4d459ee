"""The + 1 forgotten: (W - F + 2P)/S, so 32x32 with F=5 P=2 gives 31x31; a field of 29 for 30."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change
from shapecalc.grading.values import shown

CHANGE = Change(less=1)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one window less on each axis; the padding for which there is one more with the + 1."""
    fits = context.fits
    if any(fit.follows for fit in fits):
        return
    if context.key == "output":
        yield from context.resized(CHANGE)
    elif context.asks_for("P"):
        yield from _paddings(context)


def _paddings(context: QuestionContext) -> Iterator[Wrong]:
    """Yield the P of (W - F + 2P)/S = 16, and that rounded up if it is not whole: half of S more
    than with the + 1, where the stride may leave something over of what is right.

    A padding that keeps the size at a stride of 1 comes out as half of F: half_filter_padding.
    """
    axes = {(f.W, f.span, f.S, f.before, f.after, f.size, f.remainder) for f in context.fits}
    if len(axes) != 1 or type(context.right) is not int:
        return
    ((W, F, S, before, after, size, remainder),) = axes
    down = W - F + 2 * before == (size - 1) * S + remainder  # not up
    if not down or before != after or 2 * before == F - 1:
        return
    more = S - remainder
    half, up = before + more / 2, before + (more + 1) // 2
    room = f"{W} - {F} + 2P"
    told = f"{f'({room})/{S}' if S > 1 else room} = {size} for P = {shown(half)}"
    if half != up:
        yield Wrong(half, told)
        told += f", rounded up = {up}"
    yield Wrong(up, told)


MISCONCEPTION = Misconception(
    "forgot_plus_one", "the + 1 was forgotten", model, CHANGE, keys=("output",), kinds=("field",)
)
