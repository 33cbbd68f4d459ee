"""One filter's part alone: 2*[1, 3] where 2*[1, 3] and 5*[0, -1] come back from two filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_gradients
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import flat, shown
from shapecalc.layers.conv import Conv
from shapecalc.records import KnownRecord

MOST_FILTERS = 8  # each is computed by itself


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of what a convolution takes, as it comes back through a single filter."""
    query = context.query
    reader = _reader(context) if query.key == f"{query.name}.grad" else None
    if reader is None or not reader.output or not 1 < reader.output[-1] <= MOST_FILTERS:
        return
    for number in range(reader.output[-1]):
        value = _through(context, f"{reader.name}.grad", number)
        if value is not None and any(flat(value)):
            yield Wrong(value, f"through filter {number} alone it would be {shown(value)}")


def _reader(context: QuestionContext) -> KnownRecord | None:
    """Return the convolution that alone takes what is asked about, all of it in each filter."""
    name, records = context.query.name, context.subject.trace.layers
    readers = [record for record in records if name in (record.sources or ())]
    layer = readers[0].layer if len(readers) == 1 else None
    return readers[0] if isinstance(layer, Conv) and layer.groups == 1 else None


def _through(context: QuestionContext, key: str, number: int) -> Any:
    """Return the gradient with nothing coming back through the other filters."""

    def alone(subject: Subject) -> Mapping[str, Any]:
        back = subject.computed.array(subject.computed.session.names.find(key)).copy()
        back[:, :number], back[:, number + 1 :] = 0, 0
        return {key: back}

    return with_gradients(context, f"{key} of filter {number}", alone)


MISCONCEPTION = Misconception(
    "one_filter_gradient",
    "only what comes back through one filter was taken; what comes back through all filters is"
    " added",
    model,
    kinds=("example",),
)
