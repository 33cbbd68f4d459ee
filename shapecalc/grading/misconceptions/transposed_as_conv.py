"""A transposed convolution sized as a convolution: 8x8, F=4 S=2 P=1 gives 4x4, not 16x16."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import fit_window
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output of a convolution with the same numbers."""
    fits = [
        fit_window(part.W, part.F, part.S, (part.before, part.after), part.dilation, "floor")
        for part in context.transposed_fits
    ]
    yield from context.fitted(fits)


MISCONCEPTION = Misconception(
    "transposed_as_conv",
    "the formula of a convolution was used for a transposed one",
    model,
    keys=("output",),
)
