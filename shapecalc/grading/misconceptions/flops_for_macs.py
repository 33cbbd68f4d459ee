"""FLOPs given for MACs: 2 * 768,000 = 1,536,000 for 768,000."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield twice the MACs."""
    if context.key == "macs" and isinstance(context.right, int):
        yield Wrong(2 * context.right, f"2 * {context.right:,} = {2 * context.right:,}")


MISCONCEPTION = Misconception(
    "flops_for_macs", "a multiply-accumulate was counted as two operations; it is one MAC", model
)
