"""A loss of 1/2*(a - y)^2: 2 for the loss (1 - 3)^2 = 4, and for its gradients."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import scaled
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield half of the loss or of a gradient."""
    query, example = context.query, context.subject.trace.spec.example
    if query.kind != "example" or example is None or example.loss_kind != "squared_error":
        return
    if query.key == "loss" or query.key.endswith(".grad"):
        value = scaled(context.right, 0.5)
        yield Wrong(value, f"1/2 * {shown(context.right)} = {shown(value)}")


MISCONCEPTION = Misconception(
    "loss_halved", "the squared error was halved; here it is the plain sum of squares", model
)
