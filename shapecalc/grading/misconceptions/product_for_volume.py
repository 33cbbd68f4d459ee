"""The number of values for a volume: 7*7*512 = 25,088 for 7x7x512."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import times


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the product of the sizes."""
    right = context.right
    if isinstance(right, tuple) and len(right) > 1:
        value = prod(right)
        if value not in right:  # 40 for 1x1x40 leaves sizes out
            yield Wrong((value,), f"{times(right)} = {value:,}")


MISCONCEPTION = Misconception(
    "product_for_volume",
    "the sizes were multiplied; a volume is given by each of them",
    model,
    keys=("output", "input"),
)
