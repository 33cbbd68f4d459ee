"""The gradient of a pool's output for that of its input: 2x2 values for 4x4."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.gradient_parts import MAXIMA, MEANS
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Elementwise, PRelu
from shapecalc.layers.base import AlongDepth
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield what comes back to a pool, where what it sends back to its input is asked for, or what
    an activation in front of it sends back.
    """
    query = context.query
    if query.key != f"{query.name}.grad" or query.place:
        return
    pool = _pool_behind(context, query.name)
    found = context.of(pool.name, f"{pool.name}.grad") if pool is not None else None
    if pool is not None and found is not None:
        inputs = context.subject.trace.inputs
        asked = "the network's input" if query.name in inputs else f"{query.name}'s output"
        told = f"the gradient of {pool.name}'s output was given; that of {asked} is asked for"
        told = "" if query.name in (pool.sources or ()) else told
        yield Wrong(found, f"{pool.name}.grad = {shown(found)}", told)


def _pool_behind(context: QuestionContext, name: str) -> KnownRecord | None:
    """Return the pool that alone takes a layer's output, or what activations make of it."""
    layers = context.subject.trace.layers
    for _ in layers:
        readers = [record for record in layers if name in (record.sources or ())]
        if len(readers) != 1:
            return None
        (reader,) = readers
        if isinstance(reader.layer, (*MAXIMA, *MEANS)):
            return reader
        if not isinstance(reader.layer, Elementwise | PRelu) or isinstance(
            reader.layer, AlongDepth
        ):
            return None
        name = reader.name
    return None


MISCONCEPTION = Misconception(
    "pool_gradient_of_output",
    "the gradient of the pool's output was given; that of its input is asked for",
    model,
    kinds=("example",),
)
