"""The dilation left out: 32x32 with F=3 dilation=2 gives 30x30 for 28x28, or sees 3 for 5.

Who is asked for the padding then finds (3 - 1)/2 = 1 where 2 zeros keep the size.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.fields import fields
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(dilation=1)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output, or the receptive field, with the filter's own size for that it spans; the
    padding with which that gives the right output.
    """
    if context.key == "output" and any(
        part.dilation > 1 for part in context.fits or context.transposed_fits
    ):
        yield from context.resized(CHANGE)
    if context.asks_for("P"):
        yield from _padding(context)
    for wrong in fields(context, undilated):
        dilated = [fits for fits in context.windows if any(fit.dilation > 1 for fit in fits)]
        told = "" if dilated[-1] is context.windows[-1] else _before(len(dilated))
        yield wrong._replace(explanation=told)


def undilated(fit: Fit) -> Fit:
    """Return a window with the filter's own size for that it spans."""
    return fit._replace(dilation=1)


def _padding(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the zeros that one side needs less, where all sides have as many and none is over."""
    fewer = {(fit.before, fit.after, fit.span - fit.F, fit.remainder) for fit in context.fits}
    if len(fewer) != 1 or type(context.right) is not int:
        return
    ((before, after, over, remainder),) = fewer
    P = before - over // 2
    if not over or over % 2 or P < 0 or before != after or remainder:
        return
    lines = (
        line
        for wrong in context.sized(Change(dilation=1, sides=lambda before, after: (P, P)))
        for line in wrong.by_size
        if line
    )
    yield Wrong(P, "; ".join(dict.fromkeys(lines)))


def _before(layers: int) -> str:
    return f"the dilation of {'a layer' if layers == 1 else 'layers'} before it was taken as 1"


MISCONCEPTION = Misconception(
    "dilation_ignored",
    "the dilation was taken as 1",
    model,
    CHANGE,
    keys=("output", "receptive_field"),
    kinds=("field",),
)
