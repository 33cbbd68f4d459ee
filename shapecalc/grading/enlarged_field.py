"""How a receptive field follows at a layer that enlarges, and at a window behind one.

There outputs lie closer together, and do not all see equally much: what is told is the widest, by
how many values one output reaches over of the last layer before whose outputs do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from shapecalc.derivations import Derivation, minus, over, plus, times
from shapecalc.layers.base import by_axis
from shapecalc.layers.window import Sliding
from shapecalc.receptive_field import Axis
from shapecalc.records import KnownRecord

ENLARGING = ("enlarged", "transposed", "widest_window")  # reasons of such fields
INPUT = "the input"
DECIMALS = 2  # of a number that is told; a fraction has more


class Before(NamedTuple):
    """The last layer before whose outputs all see equally much, and what these see on each axis."""

    name: str  # INPUT for the network's
    axes: tuple[Axis, ...]


def enlarges(record: KnownRecord) -> bool:
    """Say whether a layer enlarges, or is a window behind such a layer."""
    return any(derivation.reason in ENLARGING for derivation in record.derivations)


def enlarged_field(
    record: KnownRecord, key: str, records: Mapping[str, KnownRecord]
) -> list[Derivation]:
    """Return how a receptive field or a jump follows, on each axis that differs; nothing where that
    is not known.
    """
    before, own = record.source_fields[0], record.field
    if before is None or own is None or not before.axes or not own.axes or own.whole:
        return []
    if len(before.axes) != len(own.axes):
        return []
    pairs = list(zip(before.axes, own.axes, strict=True))
    if key == "jump":
        jumps = [_jump(record, was, axis) for was, axis in pairs]
        known = [jump for jump in jumps if jump is not None]
        moved = any(was.jump != axis.jump for was, axis in pairs)
        return by_axis(known) if moved and len(known) == len(jumps) else []
    found = _slid(record, pairs) or _over_values(record, own.axes, records)
    if not found and any(was.size != axis.size for was, axis in pairs):
        value = record.receptive_field
        found = [Derivation("receptive_field", value, reason="widest_of_outputs")]
    return by_axis(found) if found else []


def _jump(record: KnownRecord, was: Axis, axis: Axis) -> Derivation | None:
    """Return how many pixels apart neighbours are by how many they were; None for a scale of too
    many digits.
    """
    before, now = _number(was.jump), _number(axis.jump)
    scale = Fraction(was.jump) / Fraction(axis.jump)
    if isinstance(record.layer, Sliding):
        product = times(before, _number(1 / scale))
        return Derivation("jump", now, product, given={"formula": "{} * S"})
    if scale != Fraction(str(round(float(scale), DECIMALS))):
        return None
    name = "S" if hasattr(record.layer, "S") else "scale"
    return Derivation("jump", now, over(before, _number(scale)), given={"formula": f"{{}}/{name}"})


def _slid(record: KnownRecord, pairs: Sequence[tuple[Axis, Axis]]) -> list[Derivation]:
    """Return the usual sum for a window, where the widest field is that on each axis."""
    if not isinstance(record.layer, Sliding) or not record.input:
        return []
    found = []
    steps = record.layer.fits(record.input[0]).steps
    for (was, axis), step in zip(pairs, steps, strict=True):
        if was.size + (step.span - 1) * was.jump != axis.size:
            return []
        more = times(plus(step.span, minus(1)), _number(was.jump))
        total = plus(_number(was.size), more)
        found.append(Derivation("receptive_field", _number(axis.size), total))
    return found


def _over_values(
    record: KnownRecord, axes: Sequence[Axis], records: Mapping[str, KnownRecord]
) -> list[Derivation]:
    """Return the field by those of the values that one output reaches over."""
    before = _before(record, records)
    if before is None or len(before.axes) != len(axes):
        return []
    found = []
    for was, axis in zip(before.axes, axes, strict=True):
        values = Fraction(axis.size - was.size) / Fraction(was.jump) + 1
        if values.denominator != 1 or values < 1:
            return []
        size, jump, count = _number(was.size), _number(was.jump), int(values)
        more = plus(size, times(plus(count, minus(1)), jump)) if count > 1 else None
        given = {
            "layer": before.name, "pixels": before.name == INPUT, "values": count, "size": size,
            "jump": jump,
        }  # fmt: skip
        derivation = Derivation(
            "receptive_field", _number(axis.size), more, reason="over_values", given=given
        )
        found.append(derivation)
    return found


def _before(record: KnownRecord, records: Mapping[str, KnownRecord]) -> Before | None:
    """Return the last layer on the one way here whose outputs all see equally much."""
    at: KnownRecord | None = record
    for _ in records:  # where two layers have one name, the way goes in a circle
        sources = at.sources or () if at is not None else ()
        if at is None or not sources or (len(sources) > 1 and not enlarges(at)):
            return None
        field, name = at.source_fields[0], sources[0]  # an unpooling's other one has no values
        if field is None or not field.axes:
            return None
        at = records.get(name)
        if all(len(axis.starts) == 1 for axis in field.axes):
            return Before(INPUT if at is None else name, field.axes)
    return None


def _number(value: int | float | Fraction) -> int | float | Fraction:
    """Return a number as it is written: 2, 0.5 and 2/3."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return int(exact)
    return float(exact) if exact == Fraction(str(round(float(exact), DECIMALS))) else exact
