"""A bias for each slice of each filter: 750 + 3*10 = 780 for 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield as many biases as the filters have slices."""
    own = context.weighted
    if own is None or not own.bias or own.dense or own.deep == 1:
        return
    biases = own.deep * own.K
    if context.key == "parameters":
        yield from context.recounted(biases=biases)
    else:
        yield Wrong(biases, f"{own.deep}*{own.K} = {biases:,}")


MISCONCEPTION = Misconception(
    "bias_per_slice",
    "a bias was counted for each slice of a filter; a filter has one",
    model,
    keys=("parameters", "biases"),
)
