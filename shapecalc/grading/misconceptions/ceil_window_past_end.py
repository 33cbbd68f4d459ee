"""A window past the end counted: 5x5, F=1 S=3, ceil gives 3, not 2."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the size rounded up where the last window would start past the input."""
    fits = context.fits
    sizes = [-(-(fit.W + fit.before + fit.after - fit.span) // fit.S) + 1 for fit in fits]
    if context.key == "output" and all(fit.policy == "ceil" for fit in fits):
        lines = [f"{fit.steps()} + 1 = {size}" for fit, size in zip(fits, sizes, strict=True)]
        yield from context.volumes(sizes, lines)


MISCONCEPTION = Misconception(
    "ceil_window_past_end", "a window was counted that starts past the input; it is dropped", model
)
