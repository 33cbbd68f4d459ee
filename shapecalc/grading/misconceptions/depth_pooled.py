"""A pool shrinks the depth too: 32x32x16 with F=2 S=2 gives 16x16x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.layers.pool import Pool
from shapecalc.reports import sentences


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the window slid over the depth as well."""
    if context.key == "output" and isinstance(context.layer, Pool) and context.fits:
        fit = refit(context.fits[0]._replace(W=context.volume[-1]), Change())
        yield from context.deepened(fit.size, f"depth {sentences.sentence(fit.derivation())}")


MISCONCEPTION = Misconception(
    "depth_pooled", "the depth was pooled too; a pool works slice by slice", model
)
