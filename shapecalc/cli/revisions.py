"""Files of a revision that git knows: FILE@REVISION. Git is asked, nothing is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from shapecalc.diagnostics import quote

SECONDS = 60
NOT_THERE = "no such file, and git has none of that name"


def document_bytes(path: str) -> tuple[bytes, str] | None:
    """Return the content that `path` names by a revision, and the file's name.

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
        content = _content(file, revision)
        if content is not None:
            return content, path
    if readings and not any(_is_known(file, revision) for file, revision in readings):
        raise OSError(f"no such file, and git knows no revision {quote(readings[0][1])} here")
    raise OSError(NOT_THERE)


def _readings(path: str) -> Iterator[tuple[Path, str]]:
    """Yield file and revision for each @ that may part them, the first one first."""
    for place, char in enumerate(path):
        file, revision = path[:place], path[place + 1 :]
        if char == "@" and file and revision and not revision.startswith("-"):
            yield Path(file), revision


def _content(file: Path, revision: str) -> bytes | None:
    """Return a file as it is in a revision; None where git does not know it."""
    return (
        _git(file, "cat-file", "blob", f"{revision}:./{file.name}") if ":" not in revision else None
    )


def _is_known(file: Path, revision: str) -> bool:
    """Say whether git knows a revision, where a file would be."""
    return _git(file, "rev-parse", "--quiet", "--verify", f"{revision}^{{tree}}") is not None


def _git(file: Path, *command: str) -> bytes | None:
    """Return what git prints in the folder of a file; None where it fails."""
    if any("\0" in word for word in command) or not file.parent.is_dir():
        return None
    try:
        done = subprocess.run(
            ["git", *command], cwd=file.parent, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise OSError("git is not installed, which FILE@REVISION needs") from None
    except subprocess.TimeoutExpired:
        raise OSError(f"git has not answered within {SECONDS} s") from None
    return done.stdout if done.returncode == 0 else None
