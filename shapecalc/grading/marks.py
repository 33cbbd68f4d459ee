"""What a question and what a student got."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["right", "followed through", "wrong", "blank", "unreadable"]


class Mark(NamedTuple):
    """What one question got."""

    id: str
    verdict: Verdict
    points: float
    possible: float
    answer: str  # as given
    right: str
    working: str
    misconception: str | None
    feedback: str


class Marked(NamedTuple):
    """What one student got. Where `reason` is given, nothing could be marked."""

    student: str
    marks: tuple[Mark, ...]
    reason: str = ""

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(mark.points for mark in self.marks), 6)

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(mark.possible for mark in self.marks), 6)

    @property
    def feedback(self) -> str:
        """A line for each question that is not right."""
        lines = [f"{m.id}: {m.verdict}, {m.feedback}" for m in self.marks if m.verdict != "right"]
        return self.reason or "\n".join(lines)
