"""The pools left out: 5 + 2 = 7 for a 5x5, a 2x2 at S=2 and a 3x3, which see 5 + 1 + 2*2 = 10."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.fields import of_windows
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.pool import Pool
from shapecalc.records import KnownRecord

LEFT_OUT = "the pools were left out"
WITHOUT_STRIDES = "the strides of the layers before it were ignored"
WIDEN = "they widen the field, and their strides count behind them"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field of the convolutions alone, and that with all their strides taken as 1.

    Where a pool is asked about, another one has to be left out and more than one layer to remain:
    else it is the field of a layer before it.
    """
    if not context.slides:
        return
    windows, pools = context.windows_without(_is_pool)
    itself = _is_pool(context.record)
    if min(len(windows), len(pools)) < (2 if itself else 1):
        return
    left_out = f"{LEFT_OUT}, {context.query.name} itself too" if itself else LEFT_OUT
    told = f"{left_out}; {WIDEN}" if itself else ""
    yield of_windows(windows)._replace(explanation=told)
    if any(fit.S > 1 for fits in windows[:-1] for fit in fits):
        at_one = [tuple(fit._replace(S=1) for fit in fits) for fits in windows]
        yield of_windows(at_one)._replace(explanation=f"{left_out}, and {WITHOUT_STRIDES}")


def _is_pool(record: KnownRecord | None) -> bool:
    return record is not None and isinstance(record.layer, Pool)


MISCONCEPTION = Misconception(
    "field_pools_left_out",
    f"{LEFT_OUT}; {WIDEN}",
    model,
    keys=("receptive_field",),
)
