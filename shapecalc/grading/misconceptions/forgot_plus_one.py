"""The + 1 forgotten: (W - F + 2P)/S, so 32x32 with F=5 P=2 gives 31x31."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield one window less on each axis."""
    fits = context.fits
    if context.key != "output" or any(fit.policy.startswith("same") for fit in fits):
        return
    lines = []
    for fit in fits:
        steps, sign, result = fit.working().rpartition(" + 1 = ")
        lines.append(f"{steps} = {fit.size - 1}" if sign else result)
    yield from context.volumes([fit.size - 1 for fit in fits], lines)


MISCONCEPTION = Misconception("forgot_plus_one", "the + 1 was forgotten", model)
