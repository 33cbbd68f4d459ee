"""A pool shrinks the depth too: 32x32x16 with F=2 S=2 gives 16x16x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.grading.values import shown
from shapecalc.layers.pool import Pool
from shapecalc.reports import sentences


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the window slid over the depth as well, or the depth divided by S."""
    if isinstance(context.layer, Pool) and context.fits:
        depth = context.volume[-1]
        fit = refit(context.fits[0]._replace(W=depth), Change())
        yield from context.deepened(fit.size, f"depth {sentences.sentence(fit.derivation())}")
        if depth < fit.S:
            return
        divided = refit(fit._replace(F=fit.S, before=0, after=0, dilation=1), Change())  # D/S
        if divided.size != fit.size:
            exact = float(divided.fraction() if divided.remainder else divided.size)
            rounded = f", rounded {'up' if divided.size > exact else 'down'} {divided.size}"
            told = f"depth {depth}/{fit.S} = {shown(exact)}{rounded if divided.remainder else ''}"
            yield from context.deepened(divided.size, told)


MISCONCEPTION = Misconception(
    "depth_pooled", "the depth was pooled too; a pool works slice by slice", model, keys=("output",)
)
