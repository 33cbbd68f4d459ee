"""Rounded up: 112x112 with F=3 S=2 gives ceil(109/2) + 1 = 56 for 55."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one window more on each axis where the stride leaves something over."""
    fits = context.fits
    if not any(_down(fit) for fit in fits):
        return
    sizes = [fit.size + _down(fit) for fit in fits]
    up = [fit._replace(policy="ceil") if _down(fit) else fit for fit in fits]
    lines = [f"{fit.formula()} = {size}" for fit, size in zip(up, sizes, strict=True)]
    yield from context.volumes(sizes, lines)


def _down(fit: Fit) -> bool:
    """Say whether the right way drops what the stride leaves over."""
    return bool(fit.remainder) and fit.policy in ("exact", "floor")


MISCONCEPTION = Misconception(
    "ceil_for_floor", "the size was rounded up, not down", model, keys=("output",)
)
