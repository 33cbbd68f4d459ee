"""Weights given for MACs: 5*5*3*10 = 750 for 32*32*750 = 768,000."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weights or parameters of a layer or network, as if each were used once."""
    counts = [context.number(key) for key in ("weights", "parameters")]
    if counts[0] == context.number("macs"):
        return  # each is used once, as in a dense layer
    for key, count in zip(("weights", "parameters"), counts, strict=True):
        if count:
            yield Wrong(count, f"{key} = {count:,}")
            if context.key == "flops":
                yield Wrong(2 * count, f"2 * {count:,} {key} = {2 * count:,}")


MISCONCEPTION = Misconception(
    "weights_for_macs",
    "the weights were counted once; a filter is applied at every position",
    model,
    keys=("macs", "flops"),
)
