"""FlatBuffers: tables and vectors read by offset, and never more of a file than was asked for.

All numbers are little-endian. A table begins with the distance back to its list of slots, which
tells where in the table each field stands, 0 for one that is left out; what a field cannot hold
itself stands at an offset forward from it. Vectors and texts begin with their length.

A file may say anything of itself. All that is read is paid for out of one allowance, so that
no file takes more than a few seconds, or much memory.

Source: FlatBuffers, "FlatBuffer Internals".
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from shapecalc.diagnostics import Path

PAGE = 4096  # what is read of a file at once: what is wanted stands between weights
MOST_PAGES = 1024  # that are kept
MOST_FIELDS = 32  # of a table: more than any that is asked for
MOST_SORTS = 1000  # of tables, whose fields are kept
# What may be read of one file, in pieces: so many, one more for each byte, and so many at most. A
# sound file holds each structure once, and takes 0.4 for a byte if it has no weights at all.
LEAST_ALLOWANCE, MOST_ALLOWANCE = 10_000, 2_000_000
PIECE = 64  # bytes that are read about as fast as one is
OF_PAGE = 4  # pieces that take the time of reading a page
OF_TABLE = 10  # and of what is done with a table
OF_NUMBERS = 2  # that are kept in the room of a piece
LONGEST_TEXT = 500  # bytes that are read of a text

SIZES = {kind: struct.calcsize(f"<{kind}") for kind in "?bBhHiIqQefd"}
READERS = {kind: struct.Struct(f"<{kind}").unpack_from for kind in SIZES}


class Damaged(ValueError):
    """A file that holds no sound model. `path` leads to what is wrong, by the schema's names."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.message, self.path = message, path


class Block(NamedTuple):
    """Bytes that are not read: where they begin, and how many they are."""

    at: int
    size: int


class FlatBuffer:
    """A file, read by offset."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, os.SEEK_END)
        self._pages: dict[int, bytes] = {}
        self._slots: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._left = min(LEAST_ALLOWANCE + self.size, MOST_ALLOWANCE)

    def root(self) -> Table:
        """Return the table that all others hang from."""
        return Table(self, self.number(0, "I", ()), ())

    # -- bytes -------------------------------------------------------------------------------------

    def check(self, at: int, size: int, path: Path) -> None:
        """Raise Damaged where the file ends before some bytes do."""
        if at + size > self.size:
            message = f"{size:,} bytes at byte {at:,}, where the file ends at byte {self.size:,}"
            raise Damaged(message, path)

    def view(self, at: int, size: int, path: Path) -> tuple[bytes, int]:
        """Return a block and where in it some bytes of the file begin.

        Raises Damaged where the file has fewer, or was read enough.
        """
        self.spend(1 + size // PIECE, path)
        number, start = divmod(at, PAGE)
        page = self._pages.get(number)
        if page is not None and start + size <= len(page):
            return page, start
        self.check(at, size, path)
        found = b""
        while len(found) < size:
            number, start = divmod(at + len(found), PAGE)
            page = self._pages.get(number) or self._page(number, path)
            if not found and start + size <= len(page):
                return page, start
            found += page[start : start + size - len(found)]
        return found, 0

    def read(self, at: int, size: int, path: Path) -> bytes:
        """Return bytes of the file."""
        block, start = self.view(at, size, path)
        return block[start : start + size]

    def number(self, at: int, kind: str, path: Path) -> int:
        """Return a whole number of the file, of a kind of struct's."""
        found: int = READERS[kind](*self.view(at, SIZES[kind], path))[0]
        return found

    def _page(self, number: int, path: Path) -> bytes:
        self.spend(OF_PAGE, path)
        if len(self._pages) >= MOST_PAGES:
            del self._pages[next(iter(self._pages))]
        self._stream.seek(number * PAGE)
        page = self._pages[number] = self._stream.read(PAGE)
        if len(page) < min(PAGE, self.size - number * PAGE):
            raise Damaged("the file became shorter while it was read", path)
        return page

    def spend(self, pieces: int, path: Path) -> None:
        """Pay for work. Raises Damaged where a file has taken all that it may."""
        self._left -= pieces
        if self._left < 0:
            raise Damaged("the file's structure takes too much time or memory to read", path)

    # -- structures --------------------------------------------------------------------------------

    def slots(self, at: int, path: Path) -> tuple[int, tuple[int, ...]]:
        """Return a table's size, and where in it each of its fields stands."""
        place = at - self.number(at, "i", path)
        if place < 0:
            raise Damaged(f"the table at byte {at:,} has its fields in front of the file", path)
        known = self._slots.get(place)
        if known is not None:
            return known
        own, size = struct.unpack("<HH", self.read(place, 4, path))
        if own < 4 or own % 2 or size < 4:
            raise Damaged(f"here should be the fields of a table: byte {place:,}", path)
        count = min(own // 2 - 2, MOST_FIELDS)
        found = size, struct.unpack(f"<{count}H", self.read(place + 4, 2 * count, path))
        if len(self._slots) < MOST_SORTS:
            self._slots[place] = found
        return found


class Table:
    """Fields by number. One that a file leaves out has its default."""

    __slots__ = ("_at", "_block", "_file", "_size", "_slots", "_start", "path")

    def __init__(self, file: FlatBuffer, at: int, path: Path) -> None:
        self._file, self._at, self.path = file, at, path
        file.spend(OF_TABLE, path)
        self._size, self._slots = file.slots(at, path)
        self._block, self._start = file.view(at, self._size, path)

    def _place(self, slot: int, size: int, name: str) -> int:
        """Return where in the table a field stands; 0 where it is left out."""
        place = self._slots[slot] if slot < len(self._slots) else 0
        if place and not 4 <= place <= self._size - size:
            raise Damaged(f"{name} stands outside its table at byte {self._at:,}", self.path)
        return place

    def value(self, slot: int, name: str, kind: str, default: float = 0) -> float:
        """Return a number, of a kind of struct's."""
        place = self._place(slot, SIZES[kind], name)
        return READERS[kind](self._block, self._start + place)[0] if place else default

    def whole(self, slot: int, name: str, kind: str = "i", default: int = 0) -> int:
        """Return a whole number."""
        return int(self.value(slot, name, kind, default))

    def table(self, slot: int, name: str) -> Table | None:
        """Return a table inside; None where there is none."""
        at = self._target(slot, name)
        return None if at is None else Table(self._file, at, (*self.path, name))

    def text(self, slot: int, name: str) -> str | None:
        """Return a text, or the beginning of a long one; None where there is none.

        What is no UTF-8 becomes U+FFFD.
        """
        found = self._vector(slot, name, 1)
        if found is None:
            return None
        raw = self._file.read(found.at, min(found.size, LONGEST_TEXT), (*self.path, name))
        return raw.decode("utf-8", "replace")

    def vector(self, slot: int, name: str, kind: str, most: int) -> tuple[Any, ...] | None:
        """Return a vector of numbers, of a kind of struct's; None where there is none."""
        width = SIZES[kind]
        found = self._vector(slot, name, width)
        if found is None:
            return None
        count, path = found.size // width, (*self.path, name)
        if count > most:
            raise Damaged(f"{count:,} numbers, where there are at most {most:,}", path)
        self._file.spend(count // OF_NUMBERS, path)
        return struct.unpack(f"<{count}{kind}", self._file.read(found.at, found.size, path))

    def tables(self, slot: int, name: str) -> Iterator[Table]:
        """Yield the tables of a vector."""
        found = self._vector(slot, name, 4)
        if found is None:
            return
        for number in range(found.size // 4):
            path, at = (*self.path, name, number), found.at + 4 * number
            yield Table(self._file, _target(at, self._file.number(at, "I", path), path), path)

    def block(self, slot: int, name: str) -> Block | None:
        """Return where a vector of bytes stands, without reading it; None where there is none."""
        return self._vector(slot, name, 1)

    def _target(self, slot: int, name: str) -> int | None:
        place = self._place(slot, 4, name)
        if not place:
            return None
        offset = READERS["I"](self._block, self._start + place)[0]
        return _target(self._at + place, offset, (*self.path, name))

    def _vector(self, slot: int, name: str, width: int) -> Block | None:
        """Return where a vector's items stand. Raises Damaged where the file has not so many."""
        at = self._target(slot, name)
        if at is None:
            return None
        path = (*self.path, name)
        size = width * self._file.number(at, "I", path)
        self._file.check(at + 4, size, path)
        return Block(at + 4, size)


def _target(at: int, offset: int, path: Path) -> int:
    """Return where an offset at a place leads."""
    if offset < 4:  # the offset itself
        raise Damaged(f"the offset at byte {at:,} leads nowhere", path)
    return at + offset
