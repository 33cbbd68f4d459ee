"""The gradient sent to the whole window: 5, 5, 5, 5 where the largest gets 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with a max pool's gradient at every pixel of the window."""
    found = with_kernels(context, "everywhere")
    if found is not None:
        yield Wrong(
            found, f"with the gradient at every pixel of a window it would be {shown(found)}"
        )


MISCONCEPTION = Misconception(
    "pool_gradient_everywhere",
    "the gradient was sent to every pixel of the window; only the largest gets it",
    model,
    kinds=("example",),
)
