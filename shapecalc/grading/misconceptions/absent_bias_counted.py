"""Biases counted though bias is false: 750 + 10 = 760 for 750."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.records import KnownRecord

OF_TOTAL = "biases were counted in layers that have none"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one more for each filter or unit of layers that have no biases."""
    if not isinstance(context.right, int):
        return
    biases = absent_biases(context)
    if biases:
        value = context.right + biases
        text = f"{context.right:,} + {biases:,} = {value:,}" if context.right else f"{value:,}"
        yield Wrong(value, text, "" if context.record else OF_TOTAL)


def absent_biases(context: QuestionContext) -> int:
    """Return how many biases the layers that are asked about would have had."""
    return sum(map(_absent, [context.record] if context.record else context.counted_layers))


def _absent(record: KnownRecord) -> int:
    """Return how many biases a layer would have had."""
    layer = record.layer
    if layer is None or not layer.multiplies or getattr(layer, "bias", True) or not record.output:
        return 0
    return record.output[-1]


MISCONCEPTION = Misconception(
    "absent_bias_counted",
    "biases were counted; this layer has none",
    model,
    keys=("parameters", "biases"),
)
