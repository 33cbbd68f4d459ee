"""The brackets left out of (F*F*D + 1)*K: 5*5*3 + 1*10 = 85 for (5*5*3 + 1)*10 = 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one filter's weights and all biases."""
    own = context.weighted
    if context.key != "parameters" or own is None or own.dense:
        return  # inputs and units are added for other reasons
    if own.bias and own.K > 1:
        for wrong in context.recounted(K=1, biases=own.K):
            one = wrong.arithmetic.partition(" + ")[0]
            yield wrong._replace(arithmetic=f"{one} + 1*{own.K} = {wrong.value:,}")


MISCONCEPTION = Misconception(
    "brackets_left_out",
    "one filter's weights were added to all biases; there are no brackets around the sum",
    model,
)
