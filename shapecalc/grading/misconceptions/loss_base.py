"""Another logarithm than the natural one: -lg 0.5 = 0.301, or 1 to base 2, for -ln 0.5 = 0.693."""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.stated_logarithms import BASES
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss with the logarithm to base 10, and to base 2."""
    if isinstance(context.right, float) and is_of_logarithm(context):
        for base in BASES:
            found = context.right / log(base)
            yield Wrong(found, f"to base {base} it would be {shown(found)}", to_base(base))


def is_of_logarithm(context: QuestionContext) -> bool:
    """Say whether a loss is asked for that is a logarithm, and nothing more."""
    example = context.subject.trace.spec.example
    if context.query.key != "loss" or example is None:
        return False
    return example.loss_kind == "cross_entropy" and not example.weight_decay


def to_base(base: int) -> str:
    """Return what was done wrong."""
    return f"the logarithm to base {base} was taken; here it is the natural one"


MISCONCEPTION = Misconception(
    "loss_base",
    "a logarithm to another base was taken; here it is the natural one",
    model,
    kinds=("example",),
)
