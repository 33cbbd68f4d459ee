"""FLOPs given for MACs: 2 * 768,000 = 1,536,000 for 768,000."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield twice the MACs."""
    if isinstance(context.right, int):
        own = [wrong.arithmetic.partition(" = ")[0] for wrong in context.recounted()]
        text = own[0] if own else f"{context.right:,}"
        yield Wrong(2 * context.right, f"2 * {text} = {2 * context.right:,}")


MISCONCEPTION = Misconception(
    "flops_for_macs",
    "a multiply-accumulate was counted as two operations; it is one MAC",
    model,
    keys=("macs",),
)
