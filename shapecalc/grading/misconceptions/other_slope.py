"""The slope of another activation: y*(1 - y), a sigmoid's, for the 1 - y*y of a tanh, or the other
way round.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way_back, with_kernels
from shapecalc.grading.values import shown

MISTAKE = "other_slope"
TAKEN = {
    "tanh": "the slope of a sigmoid, y*(1 - y), was taken; that of a tanh is 1 - y*y",
    "sigmoid": "the slope of a tanh, 1 - y*y, was taken; that of a sigmoid is y*(1 - y)",
}


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient with a sigmoid's slope at each tanh, and a tanh's at each sigmoid."""
    found = with_kernels(context, MISTAKE)
    if found is not None:
        kinds = {layer.kind for layer in altered_on_the_way_back(context, MISTAKE)}
        told = TAKEN.get(kinds.pop(), "") if len(kinds) == 1 else ""
        yield Wrong(found, f"with the other slope it would be {shown(found)}", told)


MISCONCEPTION = Misconception(
    "other_slope",
    "the slope of another activation was taken; a sigmoid has y*(1 - y), a tanh 1 - y*y",
    model,
    others=tuple(TAKEN.values()),
    kinds=("example",),
)
