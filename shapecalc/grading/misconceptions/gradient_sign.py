"""The gradient with the wrong sign: y - a for a - y, -6 for 6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown

BARE = "the gradient has the wrong sign"  # of a loss that takes no difference


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient times -1, or a parameter after a step with that."""
    key = context.query.key
    if not key.endswith((".grad", ".next")):
        return
    found = scaled_loss(context, -1.0, value=False)
    if found is None:
        return
    example = context.subject.trace.spec.example
    told = BARE if example is not None and example.loss_kind == "svm" else ""
    if key.endswith(".next"):
        yield Wrong(found, f"a step with -1 times the gradient leads to {shown(found)}", told)
        return
    right = shown(context.right)
    factor = f"({right})" if right.startswith("-") else right
    yield Wrong(found, f"(-1)*{factor} = {shown(found)}", told)


MISCONCEPTION = Misconception(
    "gradient_sign",
    "the gradient has the wrong sign; the error is the output minus the target",
    model,
    kinds=("example",),
)
