"""FLOPs given for MACs: 2 * 768,000 = 1,536,000 for 768,000."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield twice the MACs."""
    if case.key == "macs" and isinstance(case.right, int):
        yield Wrong(2 * case.right, f"2 * {case.right:,} = {2 * case.right:,}")


MISCONCEPTION = Misconception("flops_for_macs", "a multiply-accumulate was counted as two", model)
