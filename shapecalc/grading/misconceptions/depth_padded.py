"""P added to the depth too: 15x15x8 padded by 2 gives 19x19x12 for 19x19x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output with the zeros of the first axis added to its depth."""
    if case.key != "output" or any(fit.policy.startswith("same") for fit in case.fits):
        return
    if case.output and case.borders and not case.spreads:
        before, after = case.borders[0]
        depth = case.output[-1] + before + after
        sign = "-" if before + after < 0 else "+"
        working = f"depth {case.output[-1]} {sign} {abs(before + after)} = {depth}"
        yield from case.deepened(depth, working)


MISCONCEPTION = Misconception("depth_padded", "the depth was padded too", model)
