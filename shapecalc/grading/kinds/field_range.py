"""What a unit sees: `conv2.receptive_field[2,3]` asks for the rows and columns of the input.

The unit is at row 2, column 3 of the layer's output. Both ends of a range are counted from 0 and
belong to it; padding is no part of the input (Araujo et al., Distill 2019, for the first pixel).
"""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from shapecalc import rules
from shapecalc.derivations import Derivation, Operation, minus, plus, times
from shapecalc.diagnostics import quote
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.ranges import NAMES, Range
from shapecalc.layers.base import show
from shapecalc.receptive_field import EXACT, Axis
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.records import KnownRecord


class Seen(NamedTuple):
    """What a unit sees along one axis, cut to the input or not: the unit's place, and pixels."""

    at: int
    axis: Axis
    W: int  # the input's size

    @property
    def uncut(self) -> Range:
        """The first and the last pixel, where some may lie in the padding."""
        return floor(self.axis.start(self.at)), ceil(self.axis.end(self.at))

    @property
    def cut(self) -> Range:
        """The first and the last pixel of the input."""
        first, last = self.uncut
        return max(first, 0), min(last, self.W - 1)


def seen(layers: NamedLayers, query: Query) -> list[Seen]:
    """Return what a unit sees along each axis. Raises Unanswerable."""
    record = layers.record(query.name)
    if record.output is None:
        reason, repair = layers.reason(query.name)
        message = f"{quote(query.path)} is not known{reason}"
        raise Unanswerable(message, repair, rules.UNUSABLE_NETWORK)
    axes = _axes(record, query)
    sizes = record.output[:-1]
    if len(query.place) != len(sizes) or any(
        at >= size for at, size in zip(query.place, sizes, strict=True)
    ):
        last = ",".join(str(size - 1) for size in sizes)
        message = f"{quote(query.path)} is outside: the output of {query.name} is {show(sizes)}"
        hint = f"the last unit is {query.name}.receptive_field[{last}], counted from 0"
        raise Unanswerable(message, hint)
    found = list(map(Seen, query.place, axes, record.field.extent if record.field else ()))
    if any(one.cut != one.uncut for one in found) and _leaves_out(layers, record):
        message = (
            f"{quote(query.path)} lies at the border, where it is not known what {query.name} sees:"
            " windows before it leave pixels out"
        )
        raise Unanswerable(message, _further_in(record, query, axes))
    return found


def _axes(record: KnownRecord, query: Query) -> tuple[Axis, ...]:
    """Return a layer's fields along each axis. Raises Unanswerable where they are not known."""
    field: ReceptiveField | None = record.field
    if field is None or not field.extent or field.sizes() is None:
        raise Unanswerable(f"{quote(query.path)}: {record.name} has no receptive field on an image")
    if field.whole:
        message = f"{quote(query.path)}: a unit of {record.name} sees the whole input"
        raise Unanswerable(message, "ask about a layer before it")
    axes, rank = field.axes, len(record.output or ()) - 1
    if axes is None or field.doubt != EXACT or len(axes) != rank:
        message = f"{quote(query.path)} is not known: of what {record.name} sees there is a bound"
        raise Unanswerable(message, f"ask for {record.name}.receptive_field, or a layer before it")
    return axes


def _leaves_out(layers: NamedLayers, record: KnownRecord) -> bool:
    """Say whether a layer, or one on the way to it, has windows that leave pixels out."""
    wanted, found = {record.name}, False
    for one in reversed(layers.trace.layers):
        if one.name in wanted:
            wanted.update(one.sources or ())
            found = found or bool(one.layer and one.input and one.layer.leaves_out(one.input))
    return found


def _further_in(record: KnownRecord, query: Query, axes: tuple[Axis, ...]) -> str:
    """Return a unit in the middle that may be asked for; empty where its field is cut as well."""
    middle = tuple(size // 2 for size in (record.output or ())[:-1])
    inside = map(Seen, middle, axes, record.field.extent if record.field else ())
    if any(one.cut != one.uncut for one in inside):
        return ""
    return f"ask for {query.name}.receptive_field[{','.join(map(str, middle))}]"


def _answer(layers: NamedLayers, query: Query) -> tuple[Range, ...]:
    return tuple(one.cut for one in seen(layers, query))


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    """Return first and last pixel by the jump and the first unit's field, axis by axis."""
    found = seen(layers, query)
    if any(len(one.axis.starts) > 1 for one in found):
        return []
    names = NAMES[len(found)]
    return [_along(name, one) for name, one in zip(names, found, strict=True)]


def _along(name: str, one: Seen) -> Derivation:
    first, _ = one.uncut
    before = -int(one.axis.starts[0])
    start: Operation = times(one.at, int(one.axis.jump))
    if before:
        start = plus(start, minus(before) if before > 0 else -before)
    end = plus(first, int(one.axis.size), minus(1))
    given = {"name": name, "start": start, "end": end, "uncut": one.uncut}
    return Derivation("answer", one.cut, reason="pixels_seen", given=given)


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    axes = NAMES.get(len(query.place), ())
    words = zip((name.removesuffix("s") for name in axes), query.place, strict=True)
    unit = ", ".join(f"{word} {at}" for word, at in words)
    return (
        f"{about}. Which {' and '.join(axes)} of the input does its unit at {unit} see (first to"
        " last, all counted from 0, padding left out)?"
    )


KIND = Kind(_answer, _derivations, _prompt)
