"""The bytes of double precision: 8*6,272 = 50,176 for 25,088."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.quantities import BYTES


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield twice the bytes."""
    if isinstance(context.right, int) and context.right:
        values, double = context.right // BYTES, 2 * BYTES
        yield Wrong(values * double, f"{values:,}*{double} = {values * double:,}")


MISCONCEPTION = Misconception(
    "double_precision",
    f"{2 * BYTES} bytes were counted for each value, as in double precision; in single precision"
    f" it takes {BYTES}",
    model,
    keys=("bytes", "output_bytes"),
)
