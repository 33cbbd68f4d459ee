"""A layer left out of a total: 760 for conv1's 760 and dense1's 16,010."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.quantities import QUANTITIES
from shapecalc.records import own_counts


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the total without each one of its layers."""
    if not context.total or not isinstance(context.right, int):
        return
    factor, key = (2, "macs") if context.key == "flops" else (1, context.key)
    for own in map(own_counts, context.counted_layers):
        count = QUANTITIES[key].of(own) if own else None
        if own and count:
            value = context.right - factor * count
            text = f"{context.right:,} - {factor * count:,} of {own.name}"
            yield Wrong(value, f"{text} = {value:,}")


MISCONCEPTION = Misconception("layer_left_out", "a layer was left out of the total", model)
