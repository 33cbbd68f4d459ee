"""A window past the end counted: 5x5, F=1 S=3, ceil gives 3, not 2."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the size rounded up where the last window would start past the input."""
    up = any(fit.policy == "ceil" for fit in context.fits)
    past = [up and fit.derivation().reason == "window_past_the_input" for fit in context.fits]
    if any(past):
        axes = list(zip(context.fits, past, strict=True))
        sizes = [fit.size + more for fit, more in axes]
        lines = [f"{fit.formula()} = {fit.size + more}" for fit, more in axes]
        yield from context.volumes(sizes, lines)


MISCONCEPTION = Misconception(
    "ceil_window_past_end",
    "a window was counted that starts past the input; it is dropped",
    model,
    keys=("output",),
)
