"""The rate left out: 1 - 4 = -3 for the step 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import stepped
from shapecalc.grading.steps_in_words import parameter
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield w - dw."""
    example = context.subject.trace.spec.example
    if context.query.key.endswith(".next") and example:
        old = context.of(context.query.name, context.query.key.removesuffix(".next"))
        if old is not None and example.rate and example.plain:
            value = stepped(old, context.right, 1 / example.rate)
            name = parameter(context.query.key)
            yield Wrong(value, f"{name} - gradient = {shown(value)}")


MISCONCEPTION = Misconception(
    "rate_forgotten", "the learning rate was left out", model, kinds=("example",)
)
