"""The input counted as a layer: 9 layers for 8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.kinds.layer_count import COUNTED
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the number of layers with one more for each input."""
    inputs, right = len(context.subject.trace.inputs), context.right
    if context.query.key in COUNTED and isinstance(right, int):
        yield Wrong(right + inputs, f"{right} + {inputs} = {right + inputs}")


MISCONCEPTION = Misconception(
    "input_counted", "the input was counted as a layer", model, kinds=("layers",)
)
