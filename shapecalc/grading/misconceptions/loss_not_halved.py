"""A loss without its half: 4 for 1/2*(1 - 3)^2 = 2, and for its gradients."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield twice the loss, twice a gradient, or the step with it."""
    example = context.subject.trace.spec.example
    if example is not None and example.loss_kind == "half_squared_error":
        found = scaled_loss(context, 2.0)
        if found is not None:
            yield Wrong(found, f"without the 1/2 it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_not_halved", "the half of the squared error was left out", model, kinds=("example",)
)
