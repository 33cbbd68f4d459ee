"""Files of a revision that git knows: FILE@REVISION. Git is asked, nothing is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from shapecalc import readers
from shapecalc.diagnostics import quote
from shapecalc.document import Document

SECONDS = 60
NOT_THERE = "no such file, and git has none of that name"


def document_of(path: str) -> Document | None:
    """Return the document of what `path` names by a revision.

    None where it is a path of a file that is there, or has no @ in it: those are opened as files.
    Raises OSError where git does not know the file, or is not there, and of REVISION:FILE, which
    is how git itself has it.
    """
    if Path(path).exists():
        return None
    if "@" not in path:
        revision, _, name = path.partition(":")
        if len(revision) > 1 and name and "/" not in revision:  # C: is a drive
            ours = quote(f"{name}@{revision}", 400)
            raise OSError(f"no such file; one of a revision is FILE@REVISION, as {ours}")
        return None
    readings = list(_readings(path))
    for file, revision in readings:
        document = _document(file, revision, path)
        if document is not None:
            return document
    if readings and not any(_is_known(file, revision) for file, revision in readings):
        raise OSError(f"no such file, and git knows no revision {quote(readings[0][1])} here")
    raise OSError(NOT_THERE)


def _readings(path: str) -> Iterator[tuple[Path, str]]:
    """Yield file and revision for each @ that may part them, the first one first."""
    for place, char in enumerate(path):
        file, revision = path[:place], path[place + 1 :]
        if char == "@" and file and revision and not revision.startswith("-"):
            yield Path(file), revision


def _document(file: Path, revision: str, name: str) -> Document | None:
    """Return the document of a file as it is in a revision; None where git does not know it.

    Its content goes through a file, so that it is read, and limited, as any other file is.
    """
    if ":" in revision:
        return None
    with TemporaryFile() as content:
        if not _git(file, content, "cat-file", "blob", f"{revision}:./{file.name}"):
            return None
        content.seek(0)
        return readers.read_stream(content, name)


def _is_known(file: Path, revision: str) -> bool:
    """Say whether git knows a revision, where a file would be."""
    asked = "rev-parse", "--quiet", "--verify", f"{revision}^{{tree}}"
    return _git(file, subprocess.DEVNULL, *asked)


def _git(file: Path, output: IO[bytes] | int, *command: str) -> bool:
    """Let git print in the folder of a file; say whether that went well."""
    if any("\0" in word for word in command) or not file.parent.is_dir():
        return False
    try:
        done = subprocess.run(
            ["git", *command],
            cwd=file.parent, stdout=output, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise OSError("git is not installed, which FILE@REVISION needs") from None
    except subprocess.TimeoutExpired:
        raise OSError(f"git has not answered within {SECONDS} s") from None
    return done.returncode == 0
