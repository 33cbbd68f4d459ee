"""The brackets left out of (F*F*D + 1)*K: 5*5*3 + 1*10 = 85 for (5*5*3 + 1)*10 = 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

OF_DENSE = "one unit's weights were added to all biases; there are no brackets around the sum"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one filter's weights and all biases."""
    own = context.weighted
    if context.key == "parameters" and own is not None and own.bias and own.K > 1:
        for wrong in context.recounted(K=1, biases=own.K):
            one = wrong.arithmetic.partition(" + ")[0]
            told = OF_DENSE if own.dense else ""
            line = f"{one} + 1*{own.K} = {wrong.value:,}"
            yield wrong._replace(arithmetic=line, explanation=told)


MISCONCEPTION = Misconception(
    "brackets_left_out",
    "one filter's weights were added to all biases; there are no brackets around the sum",
    model,
)
