"""p for p - y: 0.3 where the gradient at the right class is 0.3 - 1 = -0.7."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_losses
from shapecalc.grading.values import shown

if TYPE_CHECKING:
    from shapecalc.executor.losses import Loss


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradients behind a cross entropy with the probabilities alone."""
    example = context.subject.trace.spec.example
    if example is None or example.loss_kind != "cross_entropy":
        return
    if context.query.key.endswith((".grad", ".next")):
        found = with_losses(context, "label_not_subtracted", _probabilities)
        if found is not None:
            yield Wrong(found, f"with p for p - y it would be {shown(found)}")


def _probabilities(part: Loss) -> Loss:
    """Return a cross entropy's gradient p - y without the y: it is negative at the class alone."""
    own = part.gradient < 0
    return part._replace(gradient=part.gradient + own / len(own), shown=None)


MISCONCEPTION = Misconception(
    "label_not_subtracted",
    "the probabilities were taken for the gradient; it is the probability minus the target",
    model,
    kinds=("example",),
)
