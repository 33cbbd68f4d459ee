"""An input size that some layer does not take: 224x224 for 227x227 before 11x11 at S=4."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from shapecalc.grading.kinds.fitting_input import refusal, written
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

STEPS = (-1, 1, -2, 2, -3, 3)  # from a size that fits
MOST = 4


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield sizes next to one that fits; marking says of any other why it does not fit."""
    if isinstance(context.right, tuple):
        yield from islice(_refused(context, context.right), MOST)


def _refused(context: QuestionContext, right: tuple[int, ...]) -> Iterable[Wrong]:
    layers, query = context.subject.layers, context.query
    *spatial, depth = right
    moved = ((*(size + step for size in spatial), depth) for step in STEPS)
    for volume in (written(layers, query), *moved):
        why = refusal(layers, query, volume) if min(volume) > 0 else ""
        if why:
            yield Wrong(volume, why)


MISCONCEPTION = Misconception(
    "does_not_fit", "a size was chosen that not every layer takes", model, kinds=("fitting",)
)
