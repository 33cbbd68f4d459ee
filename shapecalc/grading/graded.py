"""What everybody got: a submission with its marks and remarks, and the whole class."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from shapecalc.grading.marks import Marked
from shapecalc.grading.question import Assignment


class Graded(NamedTuple):
    """A student's marks, and what else is told about the submission."""

    marked: Marked
    file: str
    notes: tuple[str, ...] = ()
    identity: str = ""
    late: bool = False
    duplicate: bool = False
    failed: bool = False  # it is shapecalc's own fault that nothing could be marked
    when: str = ""  # it was handed in, as the platform writes it
    penalty: float = 0.0  # points lost for being late
    superseded: str = ""  # why another attempt of the same student counts in its place
    attempts: int = 1
    skipped: bool = False  # nobody's answers: the marks' reason says what it is
    columns: tuple[tuple[str, str], ...] = ()  # a table's own columns of who answered

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.marked.student

    @property
    def gradable(self) -> bool:
        """Whether anything could be marked."""
        return not self.marked.reason

    @property
    def score(self) -> float:
        """Points reached, less those lost for being late."""
        return round(self.marked.score - self.penalty, 6)

    @property
    def remarks(self) -> list[str]:
        """What a gradebook says beside the marks."""
        said = ["late"] * self.late + ["duplicate"] * self.duplicate
        if self.superseded:
            said.append(f"not counted: {self.superseded}")
        elif self.attempts > 1:
            said.append(f"{self.attempts} attempts")
        return said

    @property
    def status(self) -> str:
        """All that a gradebook's last column says, such as `graded; late`."""
        if self.skipped:
            return f"skipped: {self.marked.reason}"
        said = "graded" if self.gradable else "not gradable"
        looks = ["needs a look"] * bool(self.gradable and self.marked.unread)
        return "; ".join([said, *self.remarks, *looks])


class ClassRun(NamedTuple):
    """An assignment with everybody's marks: what the exporters write."""

    assignment: Assignment
    everything: list[Graded]  # every file and row, in order

    @property
    def graded(self) -> list[Graded]:
        """Everybody's submissions, those that cannot be graded and earlier attempts as well."""
        return [item for item in self.everything if not item.skipped]

    @property
    def skipped(self) -> list[Graded]:
        """Files and rows that are nobody's answers."""
        return [item for item in self.everything if item.skipped]

    @property
    def counted(self) -> list[Graded]:
        """Everybody once: what a gradebook holds."""
        return [item for item in self.graded if not item.superseded]

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(question.points for question in self.assignment.questions), 6)

    @property
    def marked(self) -> list[Graded]:
        """Those who could be graded: what means are taken of."""
        return [graded for graded in self.counted if graded.gradable]

    @property
    def mean(self) -> float | None:
        """The mean score of those who could be graded."""
        scores = [graded.score for graded in self.marked]
        return round(sum(scores) / len(scores), 6) if scores else None

    @property
    def misconceptions(self) -> Counter[str]:
        """How often each misconception was met."""
        marks = (mark for graded in self.counted for mark in graded.marked.marks)
        return Counter(mark.misconception for mark in marks if mark.misconception)
