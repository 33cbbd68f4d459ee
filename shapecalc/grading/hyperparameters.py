"""Questions about a layer's own fields: F, S, P, K, whether the stride fits, what fits as well."""

from __future__ import annotations

from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import LayerError, quote, some
from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.query import Query
from shapecalc.grading.values import Value, flat
from shapecalc.layers.base import Layer, aliases, field_words, show_value, value_of
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.volumes import Volume

SPATIAL = ("F", "S", "P", "dilation", "output_padding", "scale")  # fields of each axis
COUNTED = ("K", "units")  # whole numbers, one for the whole layer
LARGEST = 10**6  # of a hyperparameter that is tried out
MOST_TRIED = 32  # values of one, from 0 on, that are tried one after the other


def stride_fits(record: KnownRecord) -> bool:
    """Say whether a stride leaves nothing over on any axis. Raises Unanswerable."""
    if not isinstance(record.layer, Sliding):
        raise Unanswerable(f"{record.name} is a {record.kind}: no window slides over its input")
    if not record.input:
        raise Unanswerable(f"the input of {record.name} is not known", rule=rules.UNUSABLE_NETWORK)
    fits = record.layer.fits(record.input[0])
    return all(fit.size and not fit.remainder for fit in fits.axes)


def needs_rounding(record: KnownRecord) -> bool:
    """Say whether a layer's sizes are rounded though it is to take only what its stride fits."""
    layer, inputs = record.layer, record.input or ()
    return isinstance(layer, Sliding) and any(not layer.fits(one).passes for one in inputs)


def hangs_on_sizes(record: KnownRecord, query: Query) -> bool:
    """Say whether somebody needs a layer's sizes to find its field, or whether its stride fits: one
    of 1 always does.
    """
    if query.kind == "fits":
        return isinstance(record.layer, Sliding) and any(
            S != 1 for S in flat(record.layer.stride())
        )
    field = aliases(type(record.layer)).get(query.key) if record.layer is not None else None
    return field in SPATIAL


def field_value(record: KnownRecord, query: Query) -> Value:
    """Return a field: one number where all axes have the same. Raises Unanswerable."""
    layer = record.layer
    words = aliases(type(layer)) if layer is not None else {}
    if layer is None or query.key not in words:
        has = some(field_words(type(layer))) if layer is not None else "no fields"
        raise Unanswerable(f"{query.name} has no field {quote(query.key)}", f"it has {has}")
    value = _in_effect(layer, words[query.key], record)
    if isinstance(value, tuple) and len(set(value)) == 1 and isinstance(value[0], int):
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float | tuple):
        raise Unanswerable(f"{quote(query.path)} is {show_value(value)}, which is not a number")
    return value


def _in_effect(layer: Layer, field: str, record: KnownRecord) -> Any:
    """Return the value of a field as it works: a usual stride, the zeros that "same" comes to."""
    if field == "P" and isinstance(layer, Sliding) and record.input:
        sides = tuple((fit.before, fit.after) for fit in layer.fits(record.input[0]).axes)
        return tuple(a if a == b else (a, b) for a, b in sides)
    if field == "S" and isinstance(layer, Sliding):
        return layer.stride()
    value = value_of(layer, field)
    by_policy = isinstance(getattr(layer, "P", 0), str)
    return 0 if field == "output_padding" and value is None and not by_policy else value


def in_numbers(record: KnownRecord, query: Query, policy: str) -> Value:
    """Return what a right padding that is given by its name comes to. Raises Unanswerable."""
    layer = changed(record, query, policy)
    return field_value(record._replace(layer=layer), query)


def is_spatial(record: KnownRecord, query: Query) -> bool:
    """Say whether the height and width of a layer's output hang on a field."""
    layer = record.layer
    return layer is not None and aliases(type(layer)).get(query.key) in SPATIAL


def suits(record: KnownRecord, query: Query, value: Value) -> bool:
    """Say whether another value of a hyperparameter gives the same output volume."""
    return _made(record, query, value) == record.output is not None


def fitting(record: KnownRecord, query: Query) -> Value | None:
    """Return the only small number for a hyperparameter with which a layer makes its output of its
    input, if need be a padding with which it does so rounded down; None where there is none, or are
    several.
    """
    found = [value for value in range(MOST_TRIED) if suits(record, query, value)]
    if not found and record.layer is not None and aliases(type(record.layer))[query.key] == "P":
        made = ((value, _made(record, query, value, rounded=True)) for value in range(MOST_TRIED))
        found = [value for value, output in made if output == record.output is not None]
    return found[0] if len(found) == 1 else None


def _made(
    record: KnownRecord, query: Query, value: Value, *, rounded: bool = False
) -> Volume | None:
    """Return the output of a layer with another value of a hyperparameter, perhaps one that is
    `rounded` down where the stride does not fit; None where it has none.
    """
    layer = changed(record, query, value)
    if layer is None or not is_spatial(record, query):
        return None
    try:
        return layer.volume(record.input or ())
    except LayerError as error:
        return error.output if rounded else None
    except (ValueError, TypeError, AttributeError, IndexError):
        return None


def changed(record: KnownRecord, query: Query, value: Value) -> Layer | None:
    """Return a layer with another value of a hyperparameter; None where it cannot have that."""
    layer, inputs = record.layer, record.input
    field = aliases(type(layer)).get(query.key) if layer is not None else None
    if layer is None or field is None or not inputs or not _allowed(value, field):
        return None
    least = 0 if field in ("P", "output_padding") else 1
    if any(type(n) is int and n < least for n in flat(value)):
        return None
    if field not in SPATIAL and (field not in COUNTED or type(value) is not int):
        return None
    if isinstance(value, tuple) and len(value) != len(inputs[0]) - 1:
        return None
    return layer.model_copy(update={field: value})


def _allowed(value: Value, field: str) -> bool:
    """Say whether a hyperparameter may be tried out: whole numbers of a sensible size, for P a
    policy, and pairs of sides, too.
    """
    if isinstance(value, str):
        return field == "P" and value in PADDING_POLICIES
    axes = value if isinstance(value, tuple) else (value,)
    return all(_whole(axis) or (field == "P" and _sides(axis)) for axis in axes)


def _sides(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(_whole, value))


def _whole(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST
