"""The first slice alone: 1*2 = 2 for 1*2 + 3*4 = 14 over two slices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import mapped, with_given
from shapecalc.grading.values import shown
from shapecalc.layers.conv import Conv
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with every filter on the first slice of its input alone."""
    if context.query.key.endswith((".grad", ".next", ".weight", ".bias")):
        return
    found = with_given(context, "first_slice_only", _first)
    if found is not None:
        yield Wrong(found, f"with the first slice alone it would be {shown(found)}")


def _first(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
    """Return a convolution's weights with 0 for all slices but the first."""
    if role != "weight" or not isinstance(record.layer, Conv) or not record.input:
        return None
    rank, levels = len(record.input[0]) - 1, len(numbers.shape)
    if levels <= rank or numbers.shape[levels - rank - 1] == 1:
        return None

    def zeroed(slices: Any) -> Any:
        return [slices[0], *(mapped(s, lambda value: 0, rank) for s in slices[1:])]

    return numbers._replace(values=mapped(numbers.values, zeroed, levels - rank - 1))


MISCONCEPTION = Misconception(
    "first_slice_only",
    "only the first slice was counted; a filter sees all slices of its input",
    model,
    kinds=("example",),
)
