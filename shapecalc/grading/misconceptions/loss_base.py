"""Another logarithm than the natural one: -lg 0.5 = 0.301, or 1 to base 2, for -ln 0.5 = 0.693."""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss with the logarithm to base 10, and to base 2."""
    example = context.subject.trace.spec.example
    if context.query.key != "loss" or example is None or not isinstance(context.right, float):
        return
    if example.loss_kind == "cross_entropy" and not example.weight_decay:
        for base in (10, 2):
            found = context.right / log(base)
            told = f"the logarithm to base {base} was taken; here it is the natural one"
            yield Wrong(found, f"to base {base} it would be {shown(found)}", told)


MISCONCEPTION = Misconception(
    "loss_base", "a logarithm to another base was taken; here it is the natural one", model
)
