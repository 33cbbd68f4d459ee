"""Steps without the momentum: 0.8464 for 0.7744 after two steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_example
from shapecalc.grading.values import shown
from shapecalc.network.optimizer import PLAIN


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the parameter after plain steps."""
    example = context.subject.trace.spec.example
    if example is not None and example.optimizer.momentum and context.query.key.endswith(".next"):
        found = with_example(context, "no momentum", replace(example, optimizer=PLAIN))
        if found is not None:
            yield Wrong(found, f"by rate*gradient alone it is {shown(found)}")


MISCONCEPTION = Misconception(
    "momentum_left_out", "the momentum was left out", model, kinds=("example",)
)
