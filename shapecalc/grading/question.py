"""Questions with their computed answers, and the assignment that they make up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shapecalc.diagnostics import Diagnostic, Finding, Path
from shapecalc.document import Document
from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value


class Tolerance(NamedTuple):
    """How far a float may be off. Without either, to two decimals, and to two digits at least."""

    absolute: float | None = None
    relative: float | None = None

    def near(self, wanted: Number, given: Number) -> bool:
        """Say whether a number is near enough."""
        slack = 1e-9 * self.margin(wanted) + 1e-12 * abs(wanted)  # 0.1 + 0.2 is 0.3
        return abs(wanted - given) <= self.margin(wanted) + max(slack, 1e-9 * self.usual)

    def margin(self, wanted: Number) -> float:
        """Return how far off a number may be."""
        if self.usual:
            return min(0.005, 0.02 * abs(wanted))
        return max(self.absolute or 0, (self.relative or 0) * abs(wanted))

    @property
    def usual(self) -> bool:
        """Whether the author said nothing."""
        return self.absolute is None and self.relative is None


EXACT = Tolerance(0.0)


@dataclass(frozen=True)
class Question:
    """One question, with the computed answer. `key` is what the assignment's author wrote."""

    id: str
    query: Query
    subject: Subject = field(repr=False)
    right: Value
    working: str
    prompt: str
    points: float
    tolerance: Tolerance
    partial: Mapping[str, float]
    follow_through: float
    key: Any
    path: Path


@dataclass
class Assignment:
    """All questions that could be read, and everything found wrong with the file."""

    document: Document
    title: str = ""
    description: str = ""
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def file(self) -> str | None:
        """The path it was read from."""
        return self.document.file

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, with its place, in the order of the file."""
        return self.document.diagnostics(self.findings)

    @property
    def usable(self) -> bool:
        """Whether answers can be marked by it: nothing is wrong."""
        return bool(self.questions) and not self.findings
