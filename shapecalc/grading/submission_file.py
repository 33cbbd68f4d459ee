"""What is handed in: a file, opened with care, and the raw answers that are found in it.

A file comes from somebody else, so nothing in it is trusted: its size is looked at before it is
read, only regular files are opened, no path in it is used, and names are made safe to print.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from typing import Any, BinaryIO, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import nearest, quote
from shapecalc.grading.table_header import TableColumns

MOST_NOTES = 10
FOR_THE_AUTHOR = "write --columns"  # begins what helps in a reason, which is no student's to write
LONGEST_NAME = 120  # characters
KINDS = {
    stat.S_ISLNK: "a link",
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


class NotGradable(Exception):
    """A file that no answers can be read from; the text says why."""


class Found(NamedTuple):
    """A file that was handed in, and whose it is as far as its path tells.

    `student` comes from a course's platform and is believed; `otherwise` only names a file that
    does not say whose it is. `reason` is given where it is known already that nothing can be read.
    """

    path: str
    student: str = ""
    identity: str = ""
    late: bool = False
    otherwise: str = ""
    reason: str = ""
    skipped: bool = False  # it holds no answers, and nobody expects any there
    when: str = ""  # it was handed in, as the platform writes it


class Submission(NamedTuple):
    """One student's raw answers. Where `reason` is given, it cannot be graded."""

    student: str
    answers: Mapping[str, Any]
    file: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    identity: str = ""  # a number or address that tells students of one name apart
    late: bool = False
    failed: bool = False  # it is shapecalc's own fault that it cannot be graded
    skipped: bool = False  # it is nobody's answers: the reason says what it is
    when: str = ""  # it was handed in, as the platform writes it
    columns: tuple[tuple[str, str], ...] = ()  # a table's own columns of who answered
    unread: bool = False  # some of it could not be read: what is blank may stand there
    columnless: tuple[str, ...] = ()  # ids of questions that its table has no column for
    goes_on: tuple[str, ...] = ()  # ids of answers with lines below them that were not read
    table: TableColumns | None = None  # what is told of its table, once for all rows


def refused(found: Found, reason: str, student: str = "", identity: str = "") -> Submission:
    """Return the submission of a file, or of a row, that cannot be graded."""
    whose = student or clean(found.student) or clean(found.otherwise)
    reason = f"{rules.UNREADABLE_ANSWERS.code} {reason}"
    return Submission(
        whose, {}, quote(found.path, 400), reason, (), identity or clean(found.identity), found.late
    )


def skipped(found: Found, reason: str) -> Submission:
    """Return what is told of a file, or a row, that holds nobody's answers."""
    file = quote(found.path, 400)
    return Submission(clean(found.student), {}, file, reason, skipped=True)


def internal_error(doing: str, error: Exception) -> str:
    """Return the reason why something cannot be graded that is shapecalc's own fault."""
    return f"internal error in {doing} ({type(error).__name__})"


def clean(name: Any) -> str:
    """Return a student's name or number on one line and safe to print; empty if it is none."""
    if isinstance(name, bool) or not isinstance(name, str | int | float):
        return ""
    text = name[: 4 * LONGEST_NAME] if isinstance(name, str) else str(name)
    return quote(" ".join(text.split()), LONGEST_NAME)


def opened(path: str, most: int) -> BinaryIO:
    """Open a regular file of a limited size, and nothing else. Raises NotGradable.

    A pipe would wait for ever, opening a device may do something, and a link that a student packed
    leads to a file of the grader's. The opened file is looked at again: it may have been exchanged.
    """
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        _regular(os.lstat(path), most)
        file = os.fdopen(os.open(path, flags), "rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotGradable(f"cannot be opened: {reason}") from None
    try:
        _regular(os.fstat(file.fileno()), most)
    except NotGradable:
        file.close()
        raise
    return file


def _regular(status: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kinds = (kind for is_so, kind in KINDS.items() if is_so(status.st_mode))
        raise NotGradable(f"{next(kinds, 'something else')}, not a file")
    if status.st_size > most:
        raise NotGradable(f"larger than {most:,} bytes")


def notes_on(unknown: Iterable[str], ids: Collection[str]) -> list[str]:
    """Return what a student is told about answers to no question."""
    notes: list[str] = []
    more = 0
    for key in unknown:
        if len(notes) == MOST_NOTES:
            more += 1
            continue
        close = nearest(key, list(ids)[:1000])
        hint = f"; did you mean {quote(close)}?" if close else ""
        notes.append(
            f"{rules.ANSWER_TO_NO_QUESTION.code} no question is called {quote(key)}: ignored{hint}"
        )
    if more:
        answers, names = ("answer is", "its name") if more == 1 else ("answers are", "their names")
        notes.append(
            f"{rules.ANSWER_TO_NO_QUESTION.code} {more:,} more {answers} ignored:"
            f" no question has {names}"
        )
    return notes
