"""Protocol buffers' wire format: the fields of a message, read in place.

What is skipped is never copied, so that a tensor of gigabytes costs nothing. Source: Protocol
Buffers, "Encoding" (a tag is the number of a field times eight, and how its value is written).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from io import UnsupportedOperation
from typing import BinaryIO

from shapecalc.readers.base import MAX_BYTES

Data = bytes | mmap.mmap  # both give whole numbers by their index, and bytes by a slice
LONGEST = 10  # bytes of a varint
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # how a value is written


class Malformed(Exception):
    """A file that is not what it says it is. `at` is the byte at which that shows."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message, self.at = message, at


def open_data(stream: BinaryIO) -> Data:
    """Return the bytes of an open file; a large one is mapped, so that few of them are read.

    Raises OSError.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size > MAX_BYTES:
        try:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except UnsupportedOperation:  # no file, but bytes that are in memory
            pass
    return stream.read()


def fields(data: Data, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the fields of the message from one byte up to another: tag, begin and end.

    Of a varint, the second is its value, and the third 0. Raises Malformed.
    """
    while at < end:
        tag, start, stop, at = field(data, at, end)
        yield tag, start, stop


def field(data: Data, at: int, end: int) -> tuple[int, int, int, int]:
    """Return a field's tag, begin and end, and where the next one begins. Raises Malformed.

    Of a varint, the second is its value, and the third 0.
    """
    begin = at
    tag = data[at]
    at += 1
    if tag > 127:
        tag, at = varint(data, begin, end)
    how = tag & 7
    if tag < 8:
        raise Malformed("a field has the number 0", begin)
    if how in (BYTES, VARINT):
        if at >= end:
            raise Malformed("it ends within a field", begin)
        value = data[at]
        at += 1
        if value > 127:
            value, at = varint(data, at - 1, end)
        if how == VARINT:
            return tag, value, 0, at
        stop = at + value
    elif how in (FIXED32, FIXED64):
        stop = at + (4 if how == FIXED32 else 8)
    else:
        raise Malformed(f"a field is written in a way that is not known, {how}", begin)
    if stop > end:
        raise Malformed(f"a field of {stop - at:,} bytes ends behind what it is part of", begin)
    return tag, at, stop, stop


def varint(data: Data, at: int, end: int) -> tuple[int, int]:
    """Return a number that is written with seven bits a byte, and where it ends.

    Raises Malformed.
    """
    value = 0
    for place in range(min(LONGEST, end - at)):
        byte = data[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value & (2**64 - 1), at + place + 1
    raise Malformed("a number has no end", at)


def signed(value: int) -> int:
    """Return a varint as the signed number of 64 bits that it stands for."""
    return value - 2**64 if value >= 2**63 else value


def packed(data: Data, at: int, end: int, most: int) -> list[int]:
    """Return varints that follow one another, at most some of them. Raises Malformed."""
    values: list[int] = []
    while at < end and len(values) < most:
        value = data[at]
        if value > 127:
            value, at = varint(data, at, end)
        else:
            at += 1
        values.append(value - 2**64 if value >= 2**63 else value)
    return values


def text(data: Data, at: int, end: int) -> str:
    """Return a text; bytes that are none are shown as such."""
    return data[at:end].decode("utf-8", "backslashreplace")
