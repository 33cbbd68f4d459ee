"""Brackets left out: 5*5*3 + 1*10 = 85 for (5*5*3 + 1)*10 = 760; W - F + 2P/S + 1 for a size."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.derivations import Operation, minus, over, plus, text, times
from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.worked_out import worked_out

OF_SIZE = "only 2P was divided by S; there are no brackets around W - F + 2P"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one filter's weights and all biases; sizes with the padding alone over the stride."""
    if context.key == "output":
        yield from _sizes(context)
    own = context.weighted
    if context.key != "parameters" or own is None or own.dense:
        return  # inputs and units are added for other reasons
    if own.bias and own.K > 1:
        for wrong in context.recounted(K=1, biases=own.K):
            one = wrong.arithmetic.partition(" + ")[0]
            yield wrong._replace(arithmetic=f"{one} + 1*{own.K} = {wrong.value:,}")


def _sizes(context: QuestionContext) -> Iterable[Wrong]:
    """Yield W - F + 2P/S + 1, where that is whole and something other than without a stride."""
    fits = context.fits
    if any(fit.follows or fit.S == 1 or not fit.before for fit in fits):
        return
    formulas = [*map(_formula, fits)]
    sizes = [*map(worked_out, formulas)]
    whole = [int(size) for size in sizes if float(size).is_integer()]
    lines = [f"{text(formula)} = {size}" for formula, size in zip(formulas, whole, strict=False)]
    if len(whole) == len(fits):
        yield from (w._replace(explanation=OF_SIZE) for w in context.volumes(whole, lines))


def _formula(fit: Fit) -> Operation:
    same = fit.before == fit.after
    zeros = times(2, fit.before) if same else plus(fit.before, fit.after)
    return plus(fit.W, minus(fit.span), over(zeros, fit.S), 1)


MISCONCEPTION = Misconception(
    "brackets_left_out",
    "one filter's weights were added to all biases; there are no brackets around the sum",
    model,
    keys=("output", "parameters"),
)
