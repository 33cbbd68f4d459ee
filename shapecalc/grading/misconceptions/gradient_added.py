"""The gradient added: 1 + 0.1*4 = 1.4 for the step 1 - 0.1*4 = 0.6."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_example
from shapecalc.grading.misconceptions.variants import stepped
from shapecalc.grading.steps_in_words import parameter
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield w + rate*dw, which is 2w less the right w - rate*dw; of several steps, or with Adam,
    with each of these the other way, and with all of them as they are.
    """
    example, key = context.subject.trace.spec.example, context.query.key
    if example is None or not key.endswith(".next"):
        return
    old = context.of(context.query.name, key.removesuffix(".next"))
    if old is None:
        return
    if not example.plain and example.rate:
        up = with_example(context, "upwards", replace(example, rate=-example.rate))
        if up is not None:
            yield Wrong(up, f"with rate * gradient added it would be {shown(up)}")
    value = stepped(old, context.right, -1.0)
    if example.plain:
        yield Wrong(value, f"{parameter(key)} + rate * gradient = {shown(value)}")
    else:
        yield Wrong(value, f"with all that is taken off added: {shown(value)}")


MISCONCEPTION = Misconception(
    "gradient_added", "the gradient was added; a step goes against it", model, kinds=("example",)
)
