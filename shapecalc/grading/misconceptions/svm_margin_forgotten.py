"""An svm loss without its margin: 3 - 2 = 1 for 3 - 2 + 1 = 2."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import without_margin
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, with a margin of 0."""
    example = context.subject.trace.spec.example
    if example is None or example.loss_kind != "svm":
        return
    found = without_margin(context) if len(example.loss) == 1 else None
    if found is not None:
        yield Wrong(found, f"with max(0, score - score of the class) it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "svm_margin_forgotten", "the + 1 of the margin was forgotten", model, kinds=("example",)
)
