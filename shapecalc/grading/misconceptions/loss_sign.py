"""The logarithm without the minus of a cross entropy: ln 0.5 = -0.693 for -ln 0.5 = 0.693."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss times -1."""
    example = context.subject.trace.spec.example
    if context.query.key != "loss" or example is None or not isinstance(context.right, float):
        return
    if example.loss_kind == "cross_entropy" and not example.weight_decay:
        found = -context.right
        yield Wrong(found, f"without the minus it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_sign", "the minus in front of the logarithm was forgotten", model, kinds=("example",)
)
