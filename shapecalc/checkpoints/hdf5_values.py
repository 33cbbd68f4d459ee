"""Types, shapes and attribute values as HDF5 files store them."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from shapecalc.checkpoints.base import Damaged, Unsupported
from shapecalc.checkpoints.hdf5_bytes import COST, MOST_AT_ONCE, Fields
from shapecalc.checkpoints.hdf5_trees import GlobalHeaps

Scalar = str | int | float
Value = Scalar | tuple[Scalar, ...] | None  # None: of a type that no attribute read here has

MOST_AXES = 32
FIXED, FLOAT, STRING, ENUM, VARIABLE = 0, 1, 3, 8, 9
WHOLE_NUMBERS = (b"\x10", b"\x20", b"\x30", b"\x40", b"\x50")  # FIXED in each version
NAMES = {2: "time", 3: "string", 4: "bits", 5: "opaque", 6: "compound", 7: "reference",
         10: "array"}  # fmt: skip


class Type(NamedTuple):
    """The type of an element: its class in the file, a name such as float32, bytes it takes."""

    kind: int
    name: str
    size: int
    big_endian: bool = False
    signed: bool = False
    padding: int = 0  # of texts: 0 and 1 end with zeros, 2 with blanks


class Attribute(NamedTuple):
    """An attribute before its value is made out of its bytes."""

    name: str
    type: Type
    shape: tuple[int, ...] | None
    data: Fields


def read_type(fields: Fields) -> Type:
    """Read a type of an element."""
    start = fields.offset
    head = fields.number(1)
    kind, version = head & 15, head >> 4
    if not 1 <= version <= 5:
        raise Damaged(f"a type of version {version}", start)
    bits, size = fields.number(3), fields.number(4)
    if size == 0:
        raise Damaged("a type without a size", start)
    big_endian, signed = bool(bits & 1), bool(bits & 8)
    if kind == FIXED:
        name = f"{'' if signed else 'u'}int{size * 8}"
        return Type(kind, name, size, big_endian, signed)
    if kind == FLOAT:
        fields.take(5)  # bit offset and precision, where the exponent is
        exponent = fields.number(1)
        name = "bfloat16" if size == 2 and exponent == 8 else f"float{size * 8}"
        return Type(kind, name, size, big_endian)
    if kind == ENUM:
        if fields.block[fields.at : fields.at + 1] not in WHOLE_NUMBERS:
            raise Damaged("an enumeration of what are no whole numbers", start)
        base = read_type(fields)
        fields.take(4)  # where in its bytes the number is
        name = "bool" if _is_truth(fields, bits & 0xFFFF, version, base.size) else base.name
        return Type(kind, name, size, base.big_endian, base.signed)
    if kind == VARIABLE:
        return Type(kind, "string" if bits & 15 == 1 else "list", size)
    return Type(kind, NAMES.get(kind, "unknown"), size, padding=bits & 15)


def _is_truth(fields: Fields, members: int, version: int, size: int) -> bool:
    """Say whether an enumeration is what h5py writes for truths: FALSE and TRUE in a byte."""
    if members != 2 or size != 1:
        return False
    padded = b"FALSE\0\0\0TRUE\0\0\0\0\0\1"
    names = padded if version < 3 else b"FALSE\0TRUE\0\0\1"
    return fields.left >= len(names) and fields.take(len(names))[:5] == b"FALSE"


def read_shape(fields: Fields) -> tuple[int, ...] | None:
    """Read a shape: () for a single value, None where there is no value at all."""
    version = fields.version(1, 2)
    axes = fields.number(1)
    fields.take(1)  # whether the largest sizes follow
    if axes > MOST_AXES:
        raise Damaged(f"a shape of {axes} axes", fields.start)
    if version == 2:
        if fields.number(1) == 2:
            return None
    else:
        fields.take(5)
    return tuple(fields.length() for _ in range(axes))


def value_of(attribute: Attribute, heaps: GlobalHeaps) -> Value:
    """Return an attribute's value: a scalar, or a tuple of all elements in the file's order."""
    data, shape, type_ = attribute.data, attribute.shape, attribute.type
    if shape is None:
        return None
    count = 1
    for size in shape:
        count *= size
    if count * type_.size > data.left:
        raise Damaged(f"attribute with fewer than its {count:,} values", data.start)
    data.file.spend(count * COST)
    read: tuple[Scalar, ...] | None
    if type_.kind == VARIABLE:
        read = _texts_elsewhere(data, count, heaps) if type_.name == "string" else None
    else:
        read = _elements(data, type_, count)
    if read is None:
        return None
    return read if shape else read[0]


def _elements(data: Fields, type_: Type, count: int) -> tuple[Scalar, ...] | None:
    """Return elements that stand where the attribute does, or None for types that are not read."""
    size = type_.size
    raw = data.take(count * size)
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    if type_.kind in (FIXED, ENUM):
        order: Literal["big", "little"] = "big" if type_.big_endian else "little"
        return tuple(int.from_bytes(piece, order, signed=type_.signed) for piece in pieces)
    if type_.kind == FLOAT and type_.name in ("float16", "float32", "float64"):
        code = {2: "e", 4: "f", 8: "d"}[size]
        return struct.unpack(f"{'>' if type_.big_endian else '<'}{count}{code}", raw)
    if type_.kind == STRING:
        return tuple(_text(piece, type_.padding) for piece in pieces)
    return None


def _text(raw: bytes, padding: int) -> str:
    raw = raw.rstrip(b" ") if padding == 2 else raw.partition(b"\0")[0]
    return raw.decode("utf-8", "replace")


def _texts_elsewhere(data: Fields, count: int, heaps: GlobalHeaps) -> tuple[str, ...]:
    """Return texts of any length: each element says where its text is."""
    texts, total = [], 0
    for _ in range(count):
        length, address, index = data.number(4), data.address(), data.number(4)
        total += length
        if total > MOST_AT_ONCE:
            raise Unsupported("an attribute's texts are too large to be read", data.start)
        text = b"" if address in (None, 0) else heaps.text(address or 0, index, length)
        texts.append(text.partition(b"\0")[0].decode("utf-8", "replace"))
    return tuple(texts)
