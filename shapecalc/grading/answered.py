"""What one answer means."""

from __future__ import annotations

from typing import Any, NamedTuple

from shapecalc.grading.answers import Reading
from shapecalc.grading.marks import Mark
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Number


class Read(NamedTuple):
    """What an answer can mean, also as a key that tells 1, 1.0 and yes apart; its mark if right.

    `worked` is what its working comes to, where something else is written behind it.
    """

    ways: list[Reading]
    meant: tuple[Any, ...]
    right: Mark | None
    working: Working
    worked: Number | None = None
