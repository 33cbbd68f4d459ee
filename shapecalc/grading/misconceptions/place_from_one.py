"""Places counted from 1: the value at [1,4] for that at [2,5]."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the value one place before on every axis; nothing stands before 0."""
    place = context.query.place
    before = tuple(max(at - 1, 0) for at in place)
    if before == place:
        return
    found = context.of_place(before)
    if found is not None:
        where = ",".join(map(str, before))
        yield Wrong(found, f"the value at [{where}] is {shown(found)}")


MISCONCEPTION = Misconception(
    "place_from_one",
    "the places were counted from 1; here they are counted from 0",
    model,
    kinds=("example",),
)
