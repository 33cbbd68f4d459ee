"""Layers without weights counted as weight layers: VGG-16 with its pools and activations."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.layer_count import ALL, WITH_WEIGHTS
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the number of all layers."""
    if context.query.key == WITH_WEIGHTS:
        every = context.of(context.query.name, ALL)
        if isinstance(every, int):
            yield Wrong(every, f"{every} layers in all")


MISCONCEPTION = Misconception(
    "weightless_layers_counted",
    "layers without weights were counted as well",
    model,
    kinds=("layers",),
)
