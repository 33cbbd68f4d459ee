"""The output keeps the input's depth: 32x32x3 with 10 filters gives 32x32x3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the input's depth."""
    if context.has_filters and len(context.volume) > 1:
        yield from context.deepened(context.volume[-1], f"depth {context.volume[-1]}")


MISCONCEPTION = Misconception(
    "depth_kept",
    "the depth of the input was kept; the depth of the output is the number of filters",
    model,
    keys=("output",),
)
