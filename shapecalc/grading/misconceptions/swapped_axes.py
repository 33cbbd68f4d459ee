"""Height and width swapped: 30x32x10 for 32x30x10, and row and column of a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.grading.volume_order import depth_first

OF_VALUES = "rows and columns were swapped"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield W x H x D, or the value or array with row and column swapped."""
    right, place = context.right, context.query.place
    if context.key in ("output", "input"):
        if isinstance(right, tuple) and len(right) == 3:
            value = (right[1], right[0], right[2])
            names = ("width", "height", "depth")
            names = depth_first(names) if context.depth_first else names
            yield Wrong(value, f"{' x '.join(names)} = {context.written(value)}")
    elif _flat_image(context):
        if len(place) > 1:
            swapped = (*place[:-2], place[-1], place[-2])
            found = context.of_place(swapped)
            if found is not None:
                yield Wrong(found, f"the value at {list(swapped)} = {shown(found)}", OF_VALUES)
        elif isinstance(right, tuple):
            yield Wrong(_turned(right), "rows for columns", OF_VALUES)


def _flat_image(context: QuestionContext) -> bool:
    """Say whether the array asked for has rows and columns last: not one of one or three axes."""
    if context.query.key == "loss":
        return False
    target = context.subject.computed.session.names.find(context.query.key)
    return target.shape is not None and len(target.shape) == (3 if target.batched else 4)


def _turned(array: Any) -> Any:
    if isinstance(array[0], tuple) and not isinstance(array[0][0], tuple):
        return tuple(zip(*array, strict=True))
    return tuple(map(_turned, array)) if isinstance(array[0], tuple) else array


MISCONCEPTION = Misconception(
    "swapped_axes",
    "height and width were swapped",
    model,
    keys=("output", "input"),
    kinds=("example",),
)
