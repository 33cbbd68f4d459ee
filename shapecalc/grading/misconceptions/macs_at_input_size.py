"""MACs at the input's size: 227*227 positions for 55*55 with a stride of 4."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the MACs or FLOPs with the filter at each of the input's positions."""
    if context.fits:
        yield from context.recounted(positions=context.volume[:-1])


MISCONCEPTION = Misconception(
    "macs_at_input_size",
    "the multiplications were counted for every position of the input, not of the output",
    model,
    keys=("macs", "flops"),
)
