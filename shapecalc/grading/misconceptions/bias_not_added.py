"""The bias left out of a value: 5 for 5 - 8 = -3."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import mapped, with_given
from shapecalc.grading.values import shown
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with every bias 0."""
    found = with_given(context, "bias_not_added", _without)
    if found is not None:
        yield Wrong(found, f"without the bias it would be {shown(found)}")


def _without(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
    if role != "bias":
        return None
    return numbers._replace(values=mapped(numbers.values, lambda value: 0, len(numbers.shape)))


MISCONCEPTION = Misconception("bias_not_added", "the bias was not added", model)
