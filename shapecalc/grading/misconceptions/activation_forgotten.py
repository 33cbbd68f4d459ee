"""The value before the activation: -2 for relu1's 0."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Elementwise, PRelu


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the value that goes into an activation."""
    record, query = context.record, context.query
    if query.kind != "example" or record is None or query.key != record.name or not record.sources:
        return
    if isinstance(record.layer, Elementwise | PRelu):
        found = context.of(record.sources[0], record.sources[0])
        if found is not None:
            yield Wrong(found, f"{record.sources[0]} = {shown(found)}")


MISCONCEPTION = Misconception(
    "activation_forgotten", "it is the value before the activation", model
)
