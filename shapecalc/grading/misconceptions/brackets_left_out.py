"""The brackets left out of (F*F*D + 1)*K: 5*5*3 + 1*10 = 85 for (5*5*3 + 1)*10 = 760; and of
(W - F + 2P)/S + 1: 31 - 11 + 2*2/2 + 1 = 23 for (31 - 11 + 2*2)/2 + 1 = 13.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

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
    if any(f.follows or f.S == 1 or not f.before or (f.before + f.after) % f.S for f in fits):
        return
    sizes = [f.W - f.span + (f.before + f.after) // f.S + 1 for f in fits]
    lines = []
    for f, size in zip(fits, sizes, strict=True):
        zeros = f"2*{f.before}" if f.before == f.after else f"({f.before} + {f.after})"
        lines.append(f"{f.W} - {f.span} + {zeros}/{f.S} + 1 = {size}")
    yield from (w._replace(explanation=OF_SIZE) for w in context.volumes(sizes, lines))


MISCONCEPTION = Misconception(
    "brackets_left_out",
    "one filter's weights were added to all biases; there are no brackets around the sum",
    model,
)
