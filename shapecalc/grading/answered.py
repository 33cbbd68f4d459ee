"""What one answer means."""

from __future__ import annotations

from typing import Any, NamedTuple

from shapecalc.grading.marks import Mark
from shapecalc.grading.reading import Reading
from shapecalc.grading.slipped_steps import SlippedStep
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value


class Read(NamedTuple):
    """What an answer can mean, also as a key that tells 1, 1.0 and yes apart; its mark if right.

    `worked` is what its working comes to, where something else is written behind it, by a slip in
    the `step` if that is not the last one; `value` is what is right, `accepted` what is for no
    other reason than that the author accepts it.
    """

    ways: list[Reading]
    meant: tuple[Any, ...]
    right: Mark | None
    working: Working
    worked: Value | None = None
    value: Value = ()
    accepted: Value | None = None
    step: SlippedStep | None = None

    @property
    def as_computed(self) -> bool:
        """Whether it is right, and what is computed: nothing wrong follows from it."""
        return self.right is not None and self.accepted is None
