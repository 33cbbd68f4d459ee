"""A batch norm's running values left out: 0 for 2*64 = 128 that are not learned."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield none, or a mean without a variance, for the values that are kept but not learned."""
    if case.key == "non_trainable" and isinstance(case.right, int) and case.right:
        yield Wrong(0, "none = 0")
        yield Wrong(case.right // 2, f"a mean alone = {case.right // 2:,}")


MISCONCEPTION = Misconception(
    "running_not_counted", "a batch norm keeps a running mean and a running variance", model
)
