"""The pools left out: 5 + 2 = 7 for a 5x5, a 2x2 at S=2 and a 3x3, which see 5 + 1 + 2*2 = 10."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.fields import of_windows
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.pool import Pool
from shapecalc.records import KnownRecord

WITHOUT_STRIDES = "the pools were left out, and the strides of the layers before it were ignored"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field of the convolutions alone, and that with all their strides taken as 1."""
    if not context.slides or _is_pool(context.record):
        return
    windows, pools = context.windows_without(_is_pool)
    if not windows or not pools:
        return
    yield of_windows(windows)
    if any(fit.S > 1 for fits in windows[:-1] for fit in fits):
        at_one = [tuple(fit._replace(S=1) for fit in fits) for fits in windows]
        yield of_windows(at_one)._replace(explanation=WITHOUT_STRIDES)


def _is_pool(record: KnownRecord | None) -> bool:
    return record is not None and isinstance(record.layer, Pool)


MISCONCEPTION = Misconception(
    "field_pools_left_out",
    "the pools were left out; they widen the field, and their strides count behind them",
    model,
    keys=("receptive_field",),
)
