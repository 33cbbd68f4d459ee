"""What readers share: a file as they are given it, and what is said of one that is not readable.

A reader is a module, or an object, with

    endings = (".toy",)         of the names of its files, as they are looked for in folders
    claims(start, name)         whether a file is of its format, by its first bytes or else its name
    read(file)                  its Document; None where it is not of the format after all

and is registered under its format's name. What a file may hold at most is the reader's business.
What the Document of another format holds, and how its places are found, document.py tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from shapecalc import rules
from shapecalc.diagnostics import MAX_NESTING, Fault, Finding, Path, quote
from shapecalc.document import Document, Place, Span

if TYPE_CHECKING:
    from typing import BinaryIO

HEAD = 2**16  # bytes in which a file shows what it is
MAX_BYTES = 32 * 1024 * 1024  # of a text: a spec of a million layers has half of that
MAX_DEPTH = 3 * MAX_NESTING + 10  # of brackets; a layer inside another takes three
TOO_DEEP = Fault(
    rules.LIMIT_PASSED, f"brackets are nested deeper than {MAX_DEPTH}", "flatten the file"
)
MOST_VALUES = 4_000_000  # in a text


class File:
    """A file to be read: its name, its first bytes, and a stream of it that can seek."""

    __slots__ = ("name", "start", "stream")

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name, self.stream = name, stream
        self.start = stream.read(HEAD)

    def read(self, most: int) -> bytes:
        """Return the whole file; of one that is longer than `most` bytes, one byte more than it."""
        if len(self.start) < HEAD:
            return self.start
        self.stream.seek(0)
        return self.stream.read(most + 1)


class Reader(Protocol):
    """Reads one format."""

    endings: tuple[str, ...]

    def claims(self, start: bytes, name: str) -> bool:
        """Say whether a file is of the format, by its first bytes (up to 64 KiB) or its name."""

    def read(self, file: File) -> Document | None:
        """Return the document, never an exception; None where another reader is to be asked."""


def unreadable(fault: Fault, place: Place, file: str | None) -> Document:
    """Return the document of a file that nothing can be read from."""
    return Document(None, file, [Finding(fault, (), place=place)])


def twice(key: str, path: Path, first: Span, place: Place) -> Finding:
    """Return the finding of a key that stands in its mapping already."""
    message = f"the key {quote(key)} stands twice in one mapping"
    return Finding(
        Fault(rules.NAME_USED_TWICE, message, f"the first is in line {first[0]}: keep one"),
        path,
        place=place,
    )
