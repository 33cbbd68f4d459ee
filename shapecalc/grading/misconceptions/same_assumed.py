"""`same` where P is 0: 32x32 with F=5 P=0 gives 32x32, not 28x28."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit, fit_window
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output as large as the input over the stride, where nothing is padded."""
    fits = context.fits
    if fits and not any(f.before or f.after or f.follows for f in fits):
        yield from context.fitted([_same(fit) for fit in fits])


def _same(fit: Fit) -> Fit:
    return fit_window(fit.W, fit.F, fit.S, "same", fit.dilation, "exact")


MISCONCEPTION = Misconception(
    "same_assumed", "the padding was taken to be same; P is 0 here", model, keys=("output",)
)
