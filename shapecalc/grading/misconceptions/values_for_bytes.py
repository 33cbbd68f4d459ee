"""The number of values given for their bytes: 6,272 for 4*6,272 = 25,088."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.quantities import BYTES


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the values that the bytes are of."""
    if isinstance(context.right, int) and context.right:
        values = context.right // BYTES
        yield Wrong(values, f"{context.right:,}/{BYTES} = {values:,}")


MISCONCEPTION = Misconception(
    "values_for_bytes",
    f"the values were counted, not their bytes; each takes {BYTES}",
    model,
    keys=("bytes", "output_bytes"),
)
