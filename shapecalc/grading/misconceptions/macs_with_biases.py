"""Additions of biases counted as MACs: 768,000 + 32*32*10 = 778,240."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the MACs, or FLOPs, with one more for each output value of a layer with biases."""
    if not isinstance(context.right, int):
        return
    own = (
        [context.record]
        if context.record
        else context.subject.trace.layers
        if context.total
        else []
    )
    added = sum(
        prod(record.output) for record in own if record.macs and record.biases and record.output
    )
    if added:
        text = f"{context.right:,} + {added:,}"
        yield Wrong(context.right + added, f"{text} = {context.right + added:,}")
        if context.key == "flops":
            value = context.right + 2 * added
            yield Wrong(value, f"{context.right:,} + 2 * {added:,} = {value:,}")


MISCONCEPTION = Misconception(
    "macs_with_biases",
    "the biases were counted too; they multiply nothing",
    model,
    keys=("macs", "flops"),
)
