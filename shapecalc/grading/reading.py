"""One way to read an answer, and what is told of how it was read."""

from __future__ import annotations

from typing import NamedTuple

from shapecalc.grading.values import Value

SEVERAL = "more than one answer was read"
TAKEN = "was taken from your answer"


class Reading(NamedTuple):
    """One way to read an answer; the note says what was done where that is not plain."""

    value: Value
    note: str = ""
    off: float = 0.0  # how far a number may be off that is written as a rounded one, `1.2k`
    named: bool = False  # whether the text says which size the depth is: the last one here
