"""Groups ignored: 27x27x96 with 256 filters of 5x5 in 2 groups gives 614,656 for 307,456."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield filters as deep as the whole input; a depthwise convolution has a group a slice."""
    own = context.weighted
    if own and own.deep != own.D and not own.dense:
        yield from context.recounted(deep=own.D)


MISCONCEPTION = Misconception(
    "groups_ignored", "the groups were ignored; a filter is only as deep as its group", model
)
