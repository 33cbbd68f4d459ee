"""The bytes of an HDF5 file: read by address, field by field, and never more than is allowed.

A file may say anything of itself. Whoever reads one of its structures pays for bytes and for items
out of one allowance, so that no file takes more than a second or two, or much memory.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from shapecalc.checkpoints.base import Damaged, Unsupported

MEBIBYTE = 1024 * 1024
MOST_AT_ONCE = 32 * MEBIBYTE  # one block, one text
ALLOWANCE = 256 * MEBIBYTE  # all that is read of one file: bytes, and items at COST each
COST = 512  # of an item that is handled in Python: a message, an entry of a tree, an object


class Bytes:
    """A file, read by address. Addresses count from the superblock, which need not come first."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, os.SEEK_END)
        self.base = 0
        self.offset_size = self.length_size = 8
        self._left = ALLOWANCE

    def spend(self, amount: int = COST) -> None:
        """Pay for work. Raises Unsupported when a file has taken all that it may."""
        self._left -= amount
        if self._left < 0:
            raise Unsupported("the file's structure takes too much time or memory to read")

    def read(self, address: int, size: int, what: str) -> bytes:
        """Return the bytes at an address. Raises Damaged where the file has fewer."""
        offset = self.base + address
        if size > MOST_AT_ONCE:
            raise Unsupported(f"{what} of {size:,} bytes is too large to be read", offset)
        if offset + size > self.size:
            raise Damaged(f"{what} of {size:,} bytes goes beyond the end of the file", offset)
        self.spend(size + COST)
        self._stream.seek(offset)
        block = self._stream.read(size)
        if len(block) < size:  # the file became shorter while it was read
            raise Damaged(f"{what} is cut short", offset)
        return block

    def fields(self, address: int, size: int, what: str, signature: bytes = b"") -> Fields:
        """Return a block to be read field by field; it must begin with its signature."""
        fields = Fields(self, self.read(address, size, what), self.base + address, what)
        if fields.take(len(signature)) != signature:
            raise Damaged(f"here should be {what}, and is not", fields.start)
        return fields


class Fields:
    """Reads a block of little-endian fields, one after the other."""

    __slots__ = ("at", "block", "file", "start", "what")

    def __init__(self, file: Bytes, block: bytes, start: int, what: str) -> None:
        self.file, self.block, self.start, self.what = file, block, start, what
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes are not read yet."""
        return len(self.block) - self.at

    @property
    def offset(self) -> int:
        """Where in the file the next byte stands."""
        return self.start + self.at

    def take(self, size: int) -> bytes:
        """Return the next bytes. Raises Damaged where the block ends before."""
        if size > self.left:
            raise Damaged(f"{self.what} is cut short", self.offset)
        self.at += size
        return self.block[self.at - size : self.at]

    def part(self, size: int, what: str) -> Fields:
        """Return the next bytes as fields of their own."""
        start = self.offset
        return Fields(self.file, self.take(size), start, what)

    def number(self, size: int) -> int:
        """Return the next unsigned number."""
        return int.from_bytes(self.take(size), "little")

    def length(self) -> int:
        """Return the next number of the size that the file's lengths have."""
        return self.number(self.file.length_size)

    def address(self) -> int | None:
        """Return the next address, or None where it stands for nothing."""
        raw = self.take(self.file.offset_size)
        return None if raw == b"\xff" * len(raw) else int.from_bytes(raw, "little")

    def needed(self) -> int:
        """Return the next address, of what has to be there."""
        start, address = self.offset, self.address()
        if address is None:
            raise Damaged(f"{self.what} leads nowhere", start)
        return address

    def version(self, *known: int) -> int:
        """Return the version, which is a byte. Raises Unsupported where it is another one."""
        number = self.number(1)
        if number not in known:
            raise Unsupported(f"version {number} of {self.what}", self.offset - 1)
        return number
