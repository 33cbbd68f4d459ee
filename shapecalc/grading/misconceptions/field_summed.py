"""The windows added up: 3 + 3 = 6 for two convolutions of 3x3, which see 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the sum of F, or for the jump of S."""
    if len(windows := context.windows) > 1:
        field = context.key == "receptive_field"
        axes = [
            [fit.span if field else fit.S for fit in axis] for axis in zip(*windows, strict=True)
        ]
        value = tuple(map(sum, axes))
        yield Wrong(value, f"{terms(axes[0])} = {value[0]}")


MISCONCEPTION = Misconception(
    "field_summed",
    "the sizes were added up; windows overlap, and strides multiply",
    model,
    keys=("receptive_field", "jump"),
)
