"""The whole gradient to each of several equal values: 5 and 5, where they share 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.tied_pools import any_tied
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with a max pool's gradient at every largest pixel of a window."""
    if not any_tied(context.subject):
        return
    found = with_kernels(context, "whole_to_each_largest")
    if found is not None:
        yield Wrong(found, f"with the whole gradient at each of them it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "whole_to_each_largest",
    "the whole gradient was given to each of several equal values; one gets it, or they share it",
    model,
    kinds=("example",),
)
