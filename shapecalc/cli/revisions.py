"""Files of a revision that git knows: FILE@REVISION. Git is asked, nothing is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

SECONDS = 60
NOT_THERE = "no such file, and git has none of that name"


def document_bytes(path: str) -> tuple[bytes, str] | None:
    """Return the content that `path` names by a revision, and the file's name.

    None where it is a path of a file that is there, or has no @ in it: those are opened as files.
    Raises OSError where git does not know the file, or is not there.
    """
    if "@" not in path or Path(path).exists():
        return None
    for file, revision in _readings(path):
        content = _content(file, revision)
        if content is not None:
            return content, path
    raise OSError(NOT_THERE)


def _readings(path: str) -> Iterator[tuple[Path, str]]:
    """Yield file and revision for each @ that may part them, the first one first."""
    for place, char in enumerate(path):
        file, revision = path[:place], path[place + 1 :]
        if char == "@" and file and revision and not revision.startswith("-"):
            yield Path(file), revision


def _content(file: Path, revision: str) -> bytes | None:
    """Return a file as it is in a revision; None where git does not know it."""
    if ":" in revision or "\0" in revision or not file.parent.is_dir():
        return None
    command = ["git", "cat-file", "blob", f"{revision}:./{file.name}"]
    try:
        done = subprocess.run(
            command, cwd=file.parent, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise OSError("git is not installed, which FILE@REVISION needs") from None
    except subprocess.TimeoutExpired:
        raise OSError(f"git has not answered within {SECONDS} s") from None
    return done.stdout if done.returncode == 0 else None
