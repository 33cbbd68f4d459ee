"""Dense layers left out of the weight layers: VGG-16's 13 convolutions for 16."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.layer_count import WITH_WEIGHTS, counted
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the number of weight layers that are not dense."""
    if context.query.key == WITH_WEIGHTS:
        found = counted(context.subject.layers, context.query)
        left = sum(record.kind != "dense" for record in found)
        yield Wrong(left, f"{left} convolutions")


MISCONCEPTION = Misconception(
    "dense_not_counted", "the dense layers were not counted", model, kinds=("layers",)
)
