"""The class itself counted in an svm loss: 3 - 3 + 1 = 1 more."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import flat, shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss with 1 for the class of each example."""
    example, right = context.subject.trace.spec.example, context.right
    if context.query.key != "loss" or example is None or example.loss_kind != "svm":
        return
    classes = [at for numbers in example.loss.values() for at in flat(numbers.values)]
    if isinstance(right, int | float):
        found = right + len(classes) / context.subject.computed.session.count
        yield Wrong(found, f"with max(0, 0 + 1) = 1 for the class it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "svm_own_class",
    "the class itself was counted; the loss is summed over the others",
    model,
    kinds=("example",),
)
