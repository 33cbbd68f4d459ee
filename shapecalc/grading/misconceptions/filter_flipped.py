"""The filter flipped, as in a true convolution: [1,-1,2] on [1,2,3] gives 2 - 2 + 3 = 3 for 5."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import mapped, with_given
from shapecalc.grading.values import shown
from shapecalc.layers.conv import Convolution
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with all given filters turned round."""
    query = context.query
    if query.key.removesuffix(".grad").endswith(".weight") or query.key.endswith(".next"):
        return
    found = with_given(context, "filter_flipped", _flipped)
    if found is not None:
        yield Wrong(found, f"with flipped filters it would be {shown(found)}")


def _flipped(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
    if role != "weight" or not isinstance(record.layer, Convolution | ConvTranspose):
        return None
    rank = len(record.input[0]) - 1 if record.input else 0
    levels = len(numbers.shape)
    turned = mapped(numbers.values, _turned(min(rank, levels)), max(0, levels - rank))
    return numbers._replace(values=turned)


def _turned(levels: int) -> Callable[[Any], Any]:
    """Return what turns nested lists round on a number of levels."""

    def turned(values: Any, levels: int = levels) -> Any:
        return [turned(part, levels - 1) for part in values[::-1]] if levels else values

    return turned


MISCONCEPTION = Misconception(
    "filter_flipped",
    "the filter was flipped; a layer applies it as it is",
    model,
    kinds=("example",),
)
