"""The filter's rows for its columns: [[1,2],[3,4]] used as [[1,3],[2,4]]."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import mapped, with_given
from shapecalc.grading.values import shown
from shapecalc.layers.conv import Convolution
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with rows and columns of all given square filters swapped."""
    query = context.query
    if query.key.endswith((".next", ".weight", ".weight.grad")):
        return
    found = with_given(context, "filter_transposed", _turned)
    if found is not None:
        yield Wrong(found, f"with the filter's rows as columns it would be {shown(found)}")


def _turned(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
    square = len(numbers.shape) > 1 and numbers.shape[-1] == numbers.shape[-2] > 1
    if role != "weight" or not isinstance(record.layer, Convolution) or not square:
        return None
    if not record.input or len(record.input[0]) != 3:
        return None
    levels = len(numbers.shape) - 2
    turned = mapped(numbers.values, lambda rows: list(map(list, zip(*rows, strict=True))), levels)
    return numbers._replace(values=turned)


MISCONCEPTION = Misconception(
    "filter_transposed", "rows and columns of the filter were swapped", model, kinds=("example",)
)
