"""The pool's stride taken as F: 55x55 with F=3 S=2 gives 18x18, not 27x27."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.layers.pool import Pool

TAKEN = "the stride was taken as F"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output of windows that lie side by side."""
    other = any(fit.S != fit.F for fit in context.fits)
    if context.key == "output" and isinstance(context.layer, Pool) and other:
        for wrong in context.fitted([refit(fit, Change(S=fit.F)) for fit in context.fits]):
            yield wrong._replace(explanation=f"{TAKEN}; the pool's windows {_lie(context)} here")


def _lie(context: QuestionContext) -> str:
    """Return how the windows lie, which side by side they do not."""
    overlap = any(fit.S < fit.F for fit in context.fits)
    gaps = any(fit.S > fit.F for fit in context.fits)
    return " and ".join(["overlap"] * overlap + ["leave gaps"] * gaps)


MISCONCEPTION = Misconception("pool_stride_from_filter", TAKEN, model)
