"""A transposed convolution's MACs at its output: 16*16 positions for 8*8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the MACs or FLOPs with the filter at each position of the output."""
    if context.transposed_fits:
        yield from context.recounted(positions=context.output[:-1])


MISCONCEPTION = Misconception(
    "macs_at_output_size",
    "the multiplications were counted at the output's positions; they are made at the input's",
    model,
    keys=("macs", "flops"),
)
