"""A slope of 1 where a ReLU's input is 0: 4 for the 4*0 that comes back to it there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_gradients
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import array_in
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Relu


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient with what comes back to a ReLU let through where its input is 0."""
    found = with_gradients(context, "slope_at_0", _let_through)
    if found is not None:
        yield Wrong(found, f"with a slope of 1 there it would be {shown(found)}")


def _let_through(subject: Subject) -> dict[str, Any]:
    """Return the gradients of the inputs of ReLUs that are others so, by their keys."""
    found: dict[str, Any] = {}
    supposed = subject.otherwise.get("supposed", {})
    for record in reversed(subject.trace.layers):
        (source, *_) = record.sources or ("",)
        if record.layer != Relu() or f"{source}.grad" in supposed:
            continue  # a student's own gradient stands for what comes back
        at_0 = (array_in(subject, source) == 0) & (array_in(subject, record.name) == 0)
        if not at_0.any():
            continue
        there = subject.with_values({**supposed, **found}) if found else subject
        more = array_in(there, f"{record.name}.grad") * at_0
        if more.any():
            found[f"{source}.grad"] = array_in(there, f"{source}.grad") + more
    return found


MISCONCEPTION = Misconception(
    "slope_at_0",
    "the gradient was let through where the input of a ReLU is 0; at 0 the slope of ReLU is taken"
    " as 0",
    model,
    kinds=("example",),
)
