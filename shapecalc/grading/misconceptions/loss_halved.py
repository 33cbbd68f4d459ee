"""A loss of 1/2*(a - y)^2: 2 for the loss (1 - 3)^2 = 4, and for its gradients."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield half of the loss, of a gradient or of a step."""
    example = context.subject.trace.spec.example
    if example is not None and example.loss_kind in ("squared_error", "mean_squared_error"):
        found = scaled_loss(context, 0.5)
        if found is not None:
            yield Wrong(found, f"with 1/2 * the squares it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_halved", "the squared error was halved; here it has no half", model, kinds=("example",)
)
