"""A working that comes to another number than is written behind it: 2,606 for 6*6*3*24 + 24."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield nothing: no number tells it, but the working in front of it, which marking looks at."""
    return ()


MISCONCEPTION = Misconception("arithmetic_slip", "the result was worked out wrongly", model)
