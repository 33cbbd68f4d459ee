"""Writes FlatBuffers: tables from the front to the end, each followed by what it leads to."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple


class Scalar(NamedTuple):
    """A number in a table, of a kind as struct has it."""

    kind: str
    number: float


class Fields(dict[int, "Scalar | str | bytes | Numbers | Packed | Fields | list[Fields]"]):
    """A table: its fields by slot."""


class Numbers(tuple[int, ...]):
    """A vector of 32-bit numbers."""

    __slots__ = ()


class Packed(NamedTuple):
    """A vector of numbers of another kind."""

    kind: str
    numbers: tuple[float, ...]


def reals(*numbers: float) -> Packed:
    """Return a vector of real numbers."""
    return Packed("f", numbers)


def longs(*numbers: int) -> Packed:
    """Return a vector of 64-bit numbers."""
    return Packed("q", numbers)


def byte(number: float) -> Scalar:
    """Return a field of one byte."""
    return Scalar("b", number)


def whole(number: float) -> Scalar:
    """Return a field of four bytes."""
    return Scalar("i", number)


def real(number: float) -> Scalar:
    """Return a field for a real number."""
    return Scalar("f", number)


def long(number: float) -> Scalar:
    """Return a field of eight bytes."""
    return Scalar("Q", number)


def written(root: Fields, identifier: bytes) -> bytes:
    """Return the bytes of a file."""
    out = bytearray(struct.pack("<I4s", 0, identifier))
    struct.pack_into("<I", out, 0, _table(out, root))
    return bytes(out)


def _aligned(out: bytearray, size: int = 8) -> int:
    out += bytes(-len(out) % size)
    return len(out)


def _table(out: bytearray, fields: Fields) -> int:
    """Write a table and all that hangs from it; return where it stands."""
    places, size = {}, 4
    for slot, value in sorted(fields.items(), key=lambda pair: -_width(pair[1])):
        width = _width(value)
        size += -size % width
        places[slot] = size
        size += width
    slots = [places.get(slot, 0) for slot in range(max(fields, default=-1) + 1)]
    listed = _aligned(out)
    out += struct.pack(f"<HH{len(slots)}H", 4 + 2 * len(slots), size, *slots)
    at = _aligned(out)
    out += struct.pack("<i", at - listed) + bytes(size - 4)
    for slot, value in fields.items():
        place = at + places[slot]
        if isinstance(value, Scalar):
            struct.pack_into(f"<{value.kind}", out, place, value.number)
        else:
            struct.pack_into("<I", out, place, _behind(out, value) - place)
    return at


def _width(value: object) -> int:
    return struct.calcsize(value.kind) if isinstance(value, Scalar) else 4


def _behind(out: bytearray, value: object) -> int:
    """Write what a table leads to; return where it stands."""
    if isinstance(value, Fields):
        return _table(out, value)
    if isinstance(value, str):
        return _vector(out, value.encode() + b"\0", len(value.encode()))
    if isinstance(value, bytes):
        return _vector(out, value, len(value))
    if isinstance(value, Packed):
        count = len(value.numbers)
        return _vector(out, struct.pack(f"<{count}{value.kind}", *value.numbers), count)
    assert isinstance(value, Sequence)
    if isinstance(value, Numbers):
        return _vector(out, struct.pack(f"<{len(value)}i", *value), len(value))
    at = _vector(out, bytes(4 * len(value)), len(value))
    for number, inner in enumerate(value):
        place = at + 4 + 4 * number
        struct.pack_into("<I", out, place, _table(out, inner) - place)
    return at


def _vector(out: bytearray, raw: bytes, count: int) -> int:
    at = _aligned(out, 4)
    out += struct.pack("<I", count) + raw
    return at
