"""A batch norm's running values left out: 0 for 2*64 = 128 that are not learned."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield none, or a mean without a variance, for the values that are kept but not learned."""
    if isinstance(context.right, int) and context.right:
        yield Wrong(0, "none = 0")
        yield Wrong(context.right // 2, f"a mean alone = {context.right // 2:,}")


MISCONCEPTION = Misconception(
    "running_not_counted",
    "the running mean and variance were left out; a batch norm keeps both",
    model,
    keys=("non_trainable",),
)
