"""ZIP archives of others: a list of members that may lie, members that may be bombs."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from typing import BinaryIO

from shapecalc.checkpoints.base import Damaged, Unsupported

MOST_DIRECTORY = 4 * 1024 * 1024  # of an archive's list of members: all of it is read
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
        try:
            self._archive = zipfile.ZipFile(stream)
        except ERRORS as error:
            raise Damaged(_said(error)) from None
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
        if info.compress_type not in PLAIN:
            raise Unsupported(f"{name} is compressed in an unusual way")
        try:
            with self._archive.open(info) as member:
                return member.read(most + 1)
        except ERRORS as error:
            raise Damaged(_said(error)) from None


def _said(error: Exception) -> str:
    """Return what is wrong, in one line without anything that a terminal would obey."""
    said = "".join(c if c.isprintable() else "?" for c in str(error))[:80]
    return f"a damaged archive: {said or 'it ends too early'}"


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
