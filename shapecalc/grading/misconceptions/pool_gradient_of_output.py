"""The gradient of a pool's output for that of its input: 2x2 values for 4x4."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.pool import AvgPool, MaxPool


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield what comes back to a pool, where what it sends back to its input is asked for."""
    query = context.query
    if query.kind != "example" or query.key != f"{query.name}.grad" or query.place:
        return
    readers = [r for r in context.subject.trace.layers if query.name in (r.sources or ())]
    if len(readers) == 1 and isinstance(readers[0].layer, MaxPool | AvgPool):
        pool = readers[0].name
        found = context.of(pool, f"{pool}.grad")
        if found is not None:
            yield Wrong(found, f"{pool}.grad = {shown(found)}")


MISCONCEPTION = Misconception(
    "pool_gradient_of_output",
    "the gradient of the pool's output was given; that of its input is asked for",
    model,
)
