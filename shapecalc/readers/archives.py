"""ZIP archives as files of frameworks are: some of their members, read within bounds.

What an archive says of its members' sizes is not believed, and no member that is not asked for is
read, however large it is.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from typing import BinaryIO

from shapecalc.diagnostics import quote

ZIP = b"PK\x03\x04"
MOST_DIRECTORY = 16 * 1024 * 1024  # of the list of members: all of it is read
# What zipfile raises on damaged files; the last ones where it seeks to a negative place.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError,
    LookupError,
)  # fmt: skip


class BadArchive(Exception):
    """An archive that is damaged, or as no framework writes it."""


class Archive:
    """An open archive, by the names of its members."""

    def __init__(self, stream: BinaryIO) -> None:
        """Raise BadArchive where there is no list of members, or one of far too many."""
        _check_directory(stream)
        try:
            self._file = zipfile.ZipFile(stream)
            self._members = {info.filename: info for info in self._file.infolist()}
        except DAMAGED as error:
            raise _damaged(error) from None
        if len(self._members) < len(self._file.infolist()):
            raise BadArchive("two members of the archive have one name")

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, in the order of the list."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """Return how many bytes a member is said to have; 0 for one that is not there."""
        info = self._members.get(name)
        return info.file_size if info else 0

    def read(self, name: str, most: int) -> bytes:
        """Return a member; of one that is longer than `most` bytes, one byte more than it.

        Raises KeyError where there is no such member, BadArchive where it is damaged.
        """
        info = self._members[name]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(f"{quote(name)} is compressed in a way that no framework uses")
        try:
            with self._file.open(info) as member:
                return member.read(most + 1)
        except DAMAGED as error:
            raise _damaged(error) from None


def _damaged(error: Exception) -> BadArchive:
    return BadArchive(f"a damaged archive: {quote(str(error)) or 'it ends too early'}")


def _check_directory(stream: BinaryIO) -> None:
    """Raise BadArchive where the list of members would take much memory: all of it is read."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - 65_557, 0))
    start, tail = stream.tell(), stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise BadArchive("a damaged archive: it has no list of its members")
    sizes = [int.from_bytes(tail[end + 12 : end + 16], "little")]
    if start + end >= 76:  # the same for large archives, with a size of its own
        stream.seek(start + end - 76)
        large = stream.read(56)
        if large.startswith(b"PK\x06\x06"):
            sizes = [int.from_bytes(large[40:48], "little")]
    if max(sizes) > MOST_DIRECTORY:
        raise BadArchive("an archive of far more members than frameworks write")
