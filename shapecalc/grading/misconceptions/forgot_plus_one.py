"""The + 1 forgotten: (W - F + 2P)/S, so 32x32 with F=5 P=2 gives 31x31."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield one window less on each axis; where it was rounded up, that is floor_for_ceil."""
    fits = case.fits
    if case.key != "output" or any(fit.policy.startswith("same") for fit in fits):
        return
    if all(fit.policy == "ceil" and fit.remainder for fit in fits):
        return
    sizes = [fit.size - 1 for fit in fits]
    lines = [f"{fit.steps()} = {size}" for fit, size in zip(fits, sizes, strict=True)]
    yield from case.volumes(sizes, lines)


MISCONCEPTION = Misconception("forgot_plus_one", "the + 1 was forgotten", model)
