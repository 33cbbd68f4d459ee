"""F*d for the dilated span: F=3 dilation=2 as 6, so 32x32 gives 27x27 for 28x28."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit, fit_window
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with a filter of F*dilation for dilation*(F - 1) + 1."""
    fits = context.fits
    if not any(fit.dilation > 1 for fit in fits):
        return
    if any(fit.follows for fit in fits):
        return
    yield from context.fitted(
        [
            fit_window(fit.W, fit.F * fit.dilation, fit.S, (fit.before, fit.after), 1, "floor")
            for fit in fits
        ]
    )


def multiplied(fit: Fit) -> Fit:
    """Return a window with a filter of F*dilation."""
    return fit._replace(F=fit.F * fit.dilation, dilation=1)


MISCONCEPTION = Misconception(
    "dilation_times_filter",
    "the dilated filter was taken as F*dilation; it spans dilation*(F - 1) + 1",
    model,
    keys=("output",),
)
