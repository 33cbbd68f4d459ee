"""The value behind the activation: 0 for conv1's -2, which relu1 makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Dropout, Elementwise, PRelu
from shapecalc.layers.normalization import Normalization
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield what the activations make of a layer's output that take it, or take it normalized."""
    query = context.query
    if context.record is None or query.key != query.name:
        return
    for activation in _behind(context, context.record):
        found = context.of(activation.name, activation.name)
        if found is not None:
            applied = f"the activation {activation.name} was applied as well"
            told = f"{applied}; it comes behind {query.name}"
            yield Wrong(found, f"{activation.name} = {shown(found)}", told)


def _behind(context: QuestionContext, record: KnownRecord) -> Iterator[KnownRecord]:
    """Yield the activations that take a layer's output, maybe through a normalization."""
    names = {record.name}
    for other in context.subject.trace.layers:
        if not names.intersection(other.sources or ()):
            continue
        if isinstance(other.layer, Normalization):
            names.add(other.name)
        elif isinstance(other.layer, Elementwise | PRelu) and not isinstance(other.layer, Dropout):
            yield other


MISCONCEPTION = Misconception(
    "activation_applied",
    "the activation was applied as well; it comes behind this layer",
    model,
    kinds=("example",),
)
