"""The decay over one layer's weights: 2 + 0.1/2*6 for 2 + 0.1/2*(15 + 6) with those of both."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.loss_derivation import squared_weights
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss with what the weights of each layer alone add to it."""
    example, right = context.subject.trace.spec.example, context.right
    if context.query.key != "loss" or example is None or not isinstance(right, int | float):
        return
    if not example.weight_decay:
        return
    squares = squared_weights(context.subject.computed)
    for layer, own in squares.items() if len(squares) > 1 else ():
        found = right - example.weight_decay / 2 * (sum(squares.values()) - own)
        yield Wrong(found, f"with the squared weights of {layer} alone it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "weight_decay_of_one_layer",
    "the weight decay was counted for one layer; it is of all layers' weights",
    model,
    kinds=("example",),
)
