"""F for F*F: 10 filters of 5x5 on depth 3 give 5*3*10 + 10 = 160 for 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield filters of F values a slice."""
    own = context.weighted
    if own is None or own.dense or len(own.F) == 1 or len({*own.F}) > 1:
        return
    yield from context.recounted(F=own.F[:1])


MISCONCEPTION = Misconception(
    "filter_not_squared",
    "the size of the filter was not squared; a slice of it has F*F values",
    model,
    keys=RECOUNTED,
)
