"""ZIP archives of others: a list of members that may lie, members that may be bombs."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import BinaryIO

from shapecalc.checkpoints.base import Damaged, Unsupported, shown

MOST_DIRECTORY = 4 * 1024 * 1024  # of an archive's list of members: all of it is read
ENCRYPTED = 1  # a flag of a member
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises on damaged files; the last ones where it seeks to a negative place.
ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError,
    LookupError,
)  # fmt: skip


class Archive:
    """An open archive. Raises Damaged, or Unsupported for one that would take much memory.

    `sizes` holds the members' names and what they say is the size of each, unpacked.
    """

    def __init__(self, stream: BinaryIO) -> None:
        _check_directory(stream)
        self._stream = stream
        try:
            self._archive = zipfile.ZipFile(stream)
        except ERRORS:  # in words of Python's own, with its objects in them
            raise Damaged("a damaged archive: its list of members cannot be read") from None
        listed = self._archive.infolist()
        self._members = {info.filename: info for info in listed}
        if len(self._members) < len(listed):
            raise Damaged("two members of the archive have one name")
        self.sizes = {name: info.file_size for name, info in self._members.items()}

    def read(self, name: str, most: int) -> bytes:
        """Return a member; of one that is longer than `most` bytes, one byte more than it.

        Raises KeyError where there is none of the name.
        """
        info = self._members[name]
        if info.flag_bits & ENCRYPTED:
            raise Unsupported(f"{shown(name)} is encrypted")
        if info.compress_type not in PLAIN:
            raise Unsupported(f"{shown(name)} is compressed in an unusual way")
        try:
            with self._archive.open(info) as member:
                return member.read(most + 1)
        except ERRORS:
            raise Damaged(f"a damaged archive: {shown(name)} cannot be read") from None

    def window(self, name: str) -> Window:
        """Return a member that is not compressed as a file of its own.

        Raises KeyError where there is none of the name.
        """
        info = self._members[name]
        if info.compress_type != zipfile.ZIP_STORED:
            raise Unsupported(f"{shown(name)} is compressed, which is unusual")
        self._stream.seek(info.header_offset)
        head = self._stream.read(30)
        if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
            raise Damaged(f"a damaged archive: {shown(name)} is not where it should be")
        before = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        start = info.header_offset + before
        if start + info.file_size > self._stream.seek(0, os.SEEK_END):
            raise Damaged(f"a damaged archive: {shown(name)} is cut short")
        return Window(self._stream, start, info.file_size)


class Window(io.RawIOBase):
    """A part of an open file as a file of its own, to be read and sought in."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream, self._start, self._size, self._at = stream, start, size, 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought in."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; return it."""
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence, self._size))
        return self._at

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, all the rest for -1."""
        left = max(0, self._size - self._at)
        self._stream.seek(self._start + self._at)
        block = self._stream.read(left if size < 0 else min(size, left))
        self._at += len(block)
        return block


def _check_directory(stream: BinaryIO) -> None:
    """Raise where the list of members is not there, or would take much memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - 65_557, 0))
    start, tail = stream.tell(), stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Damaged("a damaged archive: it has no list of its members")
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    if start + end >= 76:  # the same for large archives, with a size of its own
        stream.seek(start + end - 76)
        large = stream.read(56)
        if large.startswith(b"PK\x06\x06"):
            length = int.from_bytes(large[40:48], "little")
    if length > MOST_DIRECTORY:
        raise Unsupported("an archive of too many members")
