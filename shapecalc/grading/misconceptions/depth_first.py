"""The right numbers as D x H x W: 10x32x30 for 32x30x10."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.grading.wording import volume_axes


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the depth before the spatial sizes, where these are asked for first."""
    right = context.right
    if context.depth_first and not context.of_one_size:
        return  # it is asked for there
    if isinstance(right, tuple) and len(right) > 1:
        value = (right[-1], *right[:-1])
        names = ("depth", *volume_axes(len(right))[:-1])
        yield Wrong(value, f"{shown(value)} is {' x '.join(names)}")


MISCONCEPTION = Misconception(
    "depth_first", "the depth was written first; here it goes last", model, keys=("output", "input")
)
