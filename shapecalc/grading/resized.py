"""An example computed up to a layer with windows that slide otherwise: without padding, at another
stride. The arrays have other sizes then; what takes these as well follows, and nothing further.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions.variants import Change
from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat
from shapecalc.layers.base import Layer
from shapecalc.layers.window import Sliding
from shapecalc.network.example import Example
from shapecalc.walking import walk

MOST_LAYERS = 12  # up to the one that is asked for
_RESIZED: WeakKeyDictionary[Subject, dict[tuple[str, Change], Subject | None]] = WeakKeyDictionary()


def resized_value(subject: Subject, query: Query, change: Change) -> Value | None:
    """Return a value of a layer, or its whole output, with a change of the windows of all layers up
    to it; None where that changes none, or does not fit.
    """
    other = resized(subject, query, change)
    try:
        return other.answer(query) if other is not None else None
    except Unanswerable:
        return None


def with_own_size(
    subject: Subject, query: Query, change: Change, own: Query, value: Value
) -> Subject | None:
    """Return the network with a change up to what is asked for, and with an array of a student's in
    the place of a layer's output there; None if it has not that size with the change, and not
    another one without it.
    """
    other = resized(subject, query, change)
    if other is None or own.place or own.kind != "example" or own.key not in other.records:
        return None
    array = other.computed.array(other.computed.session.names.find(own.key))
    numbers = flat(value)
    if len(flat(subject.answer(own))) == array.size or array.size != len(numbers):
        return None
    found = array.copy()
    found.reshape(-1)[:] = numbers
    return other.with_values({own.key: found})


def resized(subject: Subject, query: Query, change: Change) -> Subject | None:
    """Return the network up to a layer with a change of all windows; None where there is none."""
    if query.kind != "example" or query.key not in subject.records or subject.otherwise:
        return None
    known = _RESIZED.setdefault(subject, {})
    key = query.key, change
    if key not in known:
        known[key] = _resized(subject, query.key, change)
    return known[key]


def _resized(subject: Subject, name: str, change: Change) -> Subject | None:
    spec, records = subject.trace.spec, subject.trace.layers
    last = next(at for at, record in enumerate(records) if record.name == name)
    if last >= MOST_LAYERS or change.less or spec.example is None:
        return None
    layers = [_changed(record.layer, record.input, change) for record in records[: last + 1]]
    if not any(layers):
        return None
    nodes = [
        replace(node, layer=layer or node.layer)
        for node, layer in zip(spec.nodes[: last + 1], layers, strict=True)
    ]
    kept = {*spec.inputs, *(node.name for node in nodes)}
    given = {
        key: numbers
        for key, numbers in spec.example.given.items()
        if key in kept or key.rpartition(".")[0] in kept
    }
    shorter = replace(
        spec,
        nodes=nodes,
        instances=(),
        outputs={name: spec.values.of(last)},
        expectations=None,
        example=Example(given, training=spec.example.training),
    )
    trace = walk(shorter)
    sound = not any(found.severity == "error" for found in trace.diagnostics)
    return Subject(trace) if sound else None


def _changed(layer: Layer | None, inputs: Any, change: Change) -> Layer | None:
    """Return a layer whose windows slide otherwise; None where that is the same, or it has none."""
    if not isinstance(layer, Sliding) or not inputs or len(inputs[0]) < 2:
        return None
    fits = layer.fits(inputs[0]).axes
    fields: dict[str, Any] = {"S": change.S, "rounding": change.rounding}
    if change.sides is not None:
        fields["P"] = tuple(change.sides(fit.before, fit.after) for fit in fits)
    if change.dilation is not None and "dilation" in type(layer).model_fields:
        fields["dilation"] = change.dilation
    found = layer.model_copy(update={k: v for k, v in fields.items() if v is not None})
    return found if found.fits(inputs[0]).axes != fits else None
