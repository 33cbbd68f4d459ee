"""Additions of biases counted as MACs: 768,000 + 32*32*10 = 778,240."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.kinds.flops import convention_in_words
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

COUNTED = "the biases were counted too"
# To add a bias is a floating-point operation: that it does not count is a convention.
OF_FLOPS = f"{COUNTED}; FLOPs are found here by {convention_in_words()}"


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
        told = OF_FLOPS if context.key == "flops" else ""
        text = f"{context.right:,} + {added:,}"
        yield Wrong(context.right + added, f"{text} = {context.right + added:,}", told)
        if context.key == "flops":
            value = context.right + 2 * added
            yield Wrong(value, f"{context.right:,} + 2 * {added:,} = {value:,}", told)


MISCONCEPTION = Misconception(
    "macs_with_biases",
    f"{COUNTED}; they multiply nothing",
    model,
    of_all=COUNTED,
    keys=("macs", "flops"),
)
