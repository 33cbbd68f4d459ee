"""2P given for P: 4 where 2 zeros on each side keep 32x32 with F=5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import scaled
from shapecalc.grading.values import Value, shown


def doubled(context: QuestionContext) -> Value | None:
    """Return twice the padding that is asked for; None where none is asked for, or where that
    happens to give the same output.
    """
    right = context.right
    if not context.asks_for("P"):
        return None
    numbers = right if isinstance(right, tuple) else (right,)
    if not all(isinstance(number, int) for number in numbers):
        return None
    value: Value = scaled(right, 2)
    return None if context.subject.suits(context.query, value) else value


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield twice the padding."""
    value = doubled(context)
    if value is not None:
        yield Wrong(value, f"2*{shown(context.right)} = {shown(value)}")


MISCONCEPTION = Misconception(
    "padding_doubled",
    "the zeros of both sides were counted; P counts those of one side",
    model,
    kinds=("field",),
)
