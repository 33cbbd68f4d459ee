"""Layers without weights left out where all are to be counted: 16 layers for VGG-16's 40."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.layer_count import ALL, WITH_WEIGHTS
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the number of convolutions and dense layers."""
    if context.query.key == ALL:
        weighted = context.of(context.query.name, WITH_WEIGHTS)
        if isinstance(weighted, int):
            yield Wrong(weighted, f"{weighted} layers with weights")


MISCONCEPTION = Misconception(
    "weight_layers_alone", "only the layers with weights were counted", model, kinds=("layers",)
)
