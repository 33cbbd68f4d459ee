"""A pool shrinks the depth too: 32x32x16 with F=2 S=2 gives 16x16x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.grading.values import shown
from shapecalc.layers.pool import Pool
from shapecalc.reports import sentences


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the window slid over the depth as well, or the depth divided by S."""
    if context.key == "output" and isinstance(context.layer, Pool) and context.fits:
        depth = context.volume[-1]
        fit = refit(context.fits[0]._replace(W=depth), Change())
        yield from context.deepened(fit.size, f"depth {sentences.sentence(fit.derivation())}")
        divided = _divided(depth, fit)
        if divided != fit.size:
            told = f"depth {depth}/{fit.S} = {shown(depth / fit.S)}"
            rounded = f", rounded {'up' if divided * fit.S > depth else 'down'} {divided}"
            yield from context.deepened(divided, f"{told}{rounded if depth % fit.S else ''}")


def _divided(depth: int, fit: Fit) -> int:
    """Return a depth divided by the stride, rounded as the pool does where it is not whole."""
    return -(-depth // fit.S) if fit.policy == "ceil" else depth // fit.S


MISCONCEPTION = Misconception(
    "depth_pooled", "the depth was pooled too; a pool works slice by slice", model
)
