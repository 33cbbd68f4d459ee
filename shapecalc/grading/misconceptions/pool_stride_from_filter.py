"""The pool's stride taken as F: 55x55 with F=3 S=2 gives 18x18, not 27x27."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.fields import of_windows
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, refit, times
from shapecalc.layers.pool import Pool
from shapecalc.records import KnownRecord

TAKEN = "the stride was taken as F"
OF_POOLS = "the strides of pools were taken as F"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output of windows that lie side by side, and the field and jump behind such."""
    other = any(fit.S != fit.F for fit in context.fits)
    if context.key == "output" and isinstance(context.layer, Pool) and other:
        for wrong in context.fitted([refit(fit, Change(S=fit.F)) for fit in context.fits]):
            yield wrong._replace(explanation=f"{TAKEN}; the pool's windows {_lie(context)} here")
    if context.key in ("receptive_field", "jump"):
        windows, _ = context.windows_without(lambda record: False, _side_by_side)
        if windows != context.windows and context.key == "receptive_field":
            yield of_windows(windows)._replace(explanation=OF_POOLS)
        elif windows != context.windows:
            jump = tuple(prod(fit.S for fit in axis) for axis in zip(*windows, strict=True))
            text = f"{times(fits[0].S for fits in windows)} = {jump[0]:,}"
            yield Wrong(jump, text, OF_POOLS)


def _side_by_side(record: KnownRecord, fit: Fit) -> Fit:
    return refit(fit, Change(S=fit.F)) if isinstance(record.layer, Pool) else fit


def _lie(context: QuestionContext) -> str:
    """Return how the windows lie, which side by side they do not."""
    overlap = any(fit.S < fit.F for fit in context.fits)
    gaps = any(fit.S > fit.F for fit in context.fits)
    return " and ".join(["overlap"] * overlap + ["leave gaps"] * gaps)


MISCONCEPTION = Misconception(
    "pool_stride_from_filter",
    TAKEN,
    model,
    others=(OF_POOLS,),
    keys=("output", "receptive_field", "jump"),
)
