"""One dense unit only: 1600 + 1 = 1,601 for 10 units with 16,010 parameters."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count for a single unit."""
    own = context.weighted
    if own is not None and own.dense and own.K > 1:
        yield from context.recounted(K=1)


MISCONCEPTION = Misconception(
    "one_unit", "one unit was counted, not all of them", model, keys=RECOUNTED
)
