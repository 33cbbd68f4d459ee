"""One unit's weights for all: 2*[1, 3] where 2*[1, 3] and 5*[0, -1] come back to two values."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import flat, nested_as, shown
from shapecalc.layers.dense import Dense
from shapecalc.records import KnownRecord

MOST_UNITS = 20


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of what a dense layer takes, as it comes back through a single unit."""
    reader = _reader(context)
    if reader is None or context.query.place or context.query.key != f"{context.query.name}.grad":
        return
    back = context.of(reader.name, f"{reader.name}.grad")
    weights = context.of(f"{reader.name}.weight", f"{reader.name}.weight")
    if back is None or not isinstance(weights, tuple):
        return
    units, right = flat(back), flat(context.right)
    rows = [flat(row) for row in weights]
    if not 1 < len(rows) == len(units) <= MOST_UNITS or any(len(r) != len(right) for r in rows):
        return  # of several examples, or of each pixel by itself
    for number, (own, row) in enumerate(zip(units, rows, strict=True)):
        numbers = [own * weight for weight in row]
        if any(numbers) and len(numbers) > 1:
            value = nested_as(context.right, numbers)
            yield Wrong(value, f"through unit {number} alone it would be {shown(value)}")


def _reader(context: QuestionContext) -> KnownRecord | None:
    """Return the dense layer that alone takes what is asked about, which may be flattened first."""
    name, records = context.query.name, context.subject.trace.layers
    readers = [record for record in records if name in (record.sources or ())]
    if len(readers) == 1 and readers[0].kind == "flatten":
        readers = [record for record in records if readers[0].name in (record.sources or ())]
    one = readers[0] if len(readers) == 1 else None
    return one if one is not None and isinstance(one.layer, Dense) else None


MISCONCEPTION = Misconception(
    "one_unit_gradient",
    "only what comes back through one unit was taken; what comes back through all units is added",
    model,
    kinds=("example",),
)
