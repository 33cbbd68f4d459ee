"""The dilation left out: 32x32 with F=3 dilation=2 gives 30x30 for 28x28, or sees 3 for 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.fields import fields
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change

CHANGE = Change(dilation=1)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output, or the receptive field, with the filter's own size for that it spans."""
    if context.key == "output" and any(
        part.dilation > 1 for part in context.fits or context.transposed_fits
    ):
        yield from context.resized(CHANGE)
    for wrong in fields(context, undilated):
        dilated = [fits for fits in context.windows if any(fit.dilation > 1 for fit in fits)]
        told = "" if dilated[-1] is context.windows[-1] else _before(len(dilated))
        yield wrong._replace(explanation=told)


def undilated(fit: Fit) -> Fit:
    """Return a window with the filter's own size for that it spans."""
    return fit._replace(dilation=1)


def _before(layers: int) -> str:
    return f"the dilation of {'a layer' if layers == 1 else 'layers'} before it was taken as 1"


MISCONCEPTION = Misconception("dilation_ignored", "the dilation was taken as 1", model, CHANGE)
