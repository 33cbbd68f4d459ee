"""The gradient added: 1 + 0.1*4 = 1.4 for the step 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import stepped
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield w + rate*dw, which is 2w less the right w - rate*dw."""
    example = context.subject.trace.spec.example
    if example is None or not example.plain:
        return
    if context.query.kind == "example" and context.query.key.endswith(".next"):
        old = context.of(context.query.name, context.query.key.removesuffix(".next"))
        if old is not None:
            value = stepped(old, context.right, -1.0)
            yield Wrong(value, f"weight + rate * gradient = {shown(value)}")


MISCONCEPTION = Misconception(
    "gradient_added", "the gradient was added; a step goes against it", model
)
