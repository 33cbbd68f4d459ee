"""The largest margin of an svm loss alone: 6 for 3.75 + 6 = 9.75."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.derivations import Operation
from shapecalc.grading.loss_derivation import loss_expression
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.grading.worked_out import worked_out


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the largest term of the sum, where it has several."""
    example = context.subject.trace.spec.example
    if context.query.key != "loss" or example is None or example.loss_kind != "svm":
        return
    sum_of = loss_expression(context.subject.computed)
    if isinstance(sum_of, Operation) and sum_of.operator == "+" and not example.weight_decay:
        found = max(map(worked_out, sum_of.operands))
        yield Wrong(found, f"the largest is {shown(found)}")


MISCONCEPTION = Misconception(
    "svm_largest_margin",
    "the largest margin alone was taken; the loss is the sum over the other classes",
    model,
    kinds=("example",),
)
