"""Adam's means not corrected: 1 - 0.01*0.8/0.253 = 0.968 for 0.99 after one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_example
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameter after steps with the means as they are."""
    example = context.subject.trace.spec.example
    if example is not None and example.optimizer.adam and context.query.key.endswith(".next"):
        optimizer = example.optimizer._replace(corrected=False)
        found = with_example(context, "not corrected", replace(example, optimizer=optimizer))
        if found is not None:
            yield Wrong(found, f"with the means as they are it is {shown(found)}")


MISCONCEPTION = Misconception(
    "means_not_corrected",
    "Adam's means were not corrected; they start from 0",
    model,
    kinds=("example",),
)
