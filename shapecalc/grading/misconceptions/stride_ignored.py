"""S taken as 1: 227x227 with F=11 S=4 gives 217x217 for 55x55."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output at stride 1."""
    if context.key == "output" and any(
        part.S > 1 for part in context.fits or context.transposed_fits
    ):
        yield from context.resized(S=1)


MISCONCEPTION = Misconception("stride_ignored", "the stride was ignored", model)
