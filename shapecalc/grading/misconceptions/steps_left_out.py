"""One step taken where several are asked for: 0.92 for 0.8464 after two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_example
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameter after the first step, and after one step less."""
    example = context.subject.trace.spec.example
    if example is None or not context.query.key.endswith(".next"):
        return
    for steps in sorted({1, example.steps - 1} - {0, example.steps}):
        found = with_example(context, f"{steps} steps", replace(example, steps=steps))
        if found is not None:
            yield Wrong(found, f"after {steps} it is {shown(found)}")


MISCONCEPTION = Misconception(
    "steps_left_out", "not all of the steps were taken", model, kinds=("example",)
)
