"""MACs given for FLOPs: 768,000 for 2 * 768,000 = 1,536,000."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield half of the FLOPs."""
    if isinstance(context.right, int):
        macs = context.right // 2
        yield Wrong(macs, f"{macs:,} MACs")


MISCONCEPTION = Misconception(
    "macs_for_flops",
    "a multiply-accumulate was counted as one operation; it is two",
    model,
    keys=("flops",),
)
