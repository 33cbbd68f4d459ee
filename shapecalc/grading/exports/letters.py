"""A file of feedback for each student, under a name that is safe to write anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from unicodedata import normalize

from shapecalc.grading.exports.feedback import letter
from shapecalc.grading.graded import ClassRun

LONGEST = 60  # characters of a name: 240 bytes at most, which every file system takes
RESERVED = ("con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10)))


def letters(class_run: ClassRun) -> Iterator[tuple[str, str]]:
    """Yield the names of the files and their texts, one for everybody.

    A student's name is never a path: only its letters, digits and a few signs between them are
    left. Names that a file system takes for one are numbered.
    """
    policy = class_run.assignment.policy
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for graded in class_run.counted:
        stem = _stem(f"{graded.student} {graded.identity}" if graded.duplicate else graded.student)
        name = stem
        while name.casefold() in taken:
            numbers[stem.casefold()] += 1
            name = f"{stem}-{numbers[stem.casefold()] + 1}"
        taken.add(name.casefold())
        yield f"{name}.txt", "\n".join(letter(graded, policy)) + "\n"


def _stem(student: str) -> str:
    """Return a name without anything that a path, a shell or Windows has a meaning for."""
    text = normalize("NFC", student)
    safe = "".join(sign if sign.isalnum() or sign in "-_@+ " else "_" for sign in text)
    safe = " ".join(safe.split())[:LONGEST].strip(" _-") or "student"
    return f"_{safe}" if safe.casefold() in RESERVED else safe
