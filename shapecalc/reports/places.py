"""What the formats for other programs share: paths, identities and texts of findings."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic

STANDARD_INPUT = "-"


def relative(file: str) -> str:
    """Return a path as a repository has it: from the current folder, with / on Windows, too."""
    if not file or file == STANDARD_INPUT:
        return "stdin"
    path = Path(file)
    if path.is_absolute():
        with suppress(ValueError, OSError):  # elsewhere, or no folder any more
            path = path.relative_to(Path.cwd())
    return normpath(path.as_posix())


def said(found: Diagnostic) -> str:
    """Return the message, and below it the hint."""
    return f"{found.told}\n{found.hint}" if found.hint else found.told


def printable(text: str) -> str:
    """Return a text without characters that steer a terminal, line breaks apart."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


class Fingerprints:
    """Names findings so that one keeps its name when lines are moved, and no two have the same."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, file: str, found: Diagnostic) -> str:
        """Return the name of a finding: by its file, its code and its layer, and a number."""
        base = "\0".join((file, found.code, found.layer or found.where))
        self._seen[base] += 1
        text = f"{base}\0{self._seen[base]}"
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
