"""Questions with their computed answers, and the assignment that they make up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from math import inf
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import Diagnostic, Finding, Path
from shapecalc.document import Document
from shapecalc.grading.query import Query
from shapecalc.grading.ranges import shown_ranges
from shapecalc.grading.regex import regex
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value, shown
from shapecalc.grading.volume_order import depth_first, depth_last, volume_text

HALF = 0.005  # by which two decimals are off at most
SHARE = 0.02  # of a number that is so small that this is less
SMALL = HALF / SHARE  # below it a sheet asks for three digits


class Tolerance(NamedTuple):
    """How far a float may be off. Without either, to two decimals, below SMALL by a SHARE of it."""

    absolute: float | None = None
    relative: float | None = None

    def near(self, wanted: Number, given: Number) -> bool:
        """Say whether a number is near enough; to an infinite one none is but itself."""
        if abs(wanted) == inf:
            return wanted == given
        slack = 1e-9 * self.margin(wanted) + 1e-12 * abs(wanted)  # 0.1 + 0.2 is 0.3
        return abs(wanted - given) <= self.margin(wanted) + max(slack, 1e-9 * self.usual)

    def margin(self, wanted: Number) -> float:
        """Return how far off a number may be."""
        if self.usual:
            return min(HALF, SHARE * abs(wanted))
        return max(self.absolute or 0, (self.relative or 0) * abs(wanted))

    @property
    def usual(self) -> bool:
        """Whether the author said nothing."""
        return self.absolute is None and self.relative is None


EXACT = Tolerance(0.0)
Order = Literal["depth_last", "depth_first"]
Show = Literal["never", "hint", "after_due", "always"]
TRUE_OR_FALSE = regex(r"\btrue or false\b|\bis it true\b", re.IGNORECASE)  # not yes or no


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
    accepted: tuple[Value, ...] = ()  # other answers that are right
    depth_first: bool = False  # volumes are written in PyTorch's order
    choices: tuple[Value, ...] = ()  # answers to choose from, one of them right
    given: bool = True  # whether a prompt that is written tells what its layer takes

    @property
    def right_shown(self) -> str:
        """The right answer as it is printed, in the order that is asked for."""
        whole = self.right
        if self.query.kind == "fitting" and isinstance(whole, tuple) and not self.choices:
            return self.shown(whole[:-1])  # a height and a width are asked for
        return self.shown(whole)

    @cached_property
    def elsewhere(self) -> tuple[Question, ...]:
        """What asks for the same in other networks of the assignment, where it is the same."""
        same = self.subject.elsewhere(self.query)
        return tuple(replace(self, subject=subject, query=query) for subject, query in same)

    @property
    def of_a_statement(self) -> bool:
        """Whether it asks if something is true or false, not for a yes or no."""
        return self.query.form == "truth" and bool(TRUE_OR_FALSE.search(self.prompt))

    def shown(self, value: Value) -> str:
        """Return an answer as it is printed, in the order that is asked for."""
        if self.query.form == "ranges":
            return shown_ranges(value)
        if isinstance(value, bool) and self.of_a_statement:
            return str(value).lower()
        return shown(depth_first(value) if self.turns(value) else value)

    def written(self, volume: Value) -> str:
        """Return a volume as its text and what is told of its answers have it."""
        return volume_text(volume, first=self.depth_first)

    def as_computed(self, written: Value) -> Value:
        """Return an answer in the order that it is computed in, of one in that of the question."""
        return depth_last(written) if self.turns(written) else written

    def turns(self, value: Value) -> bool:
        """Say whether an answer is a whole volume in another order than it is computed in."""
        if not self.depth_first or not self.query.of_a_volume or not isinstance(value, tuple):
            return False
        if not isinstance(self.right, tuple):
            return False
        flat = len(self.right) == 1 and self.query.kind == "record"  # the depth alone
        return flat or len(value) == len(self.right)


class Late(NamedTuple):
    """What is lost by handing in late: a share of the points, once or for each day begun."""

    share: float = 0.0
    each_day: bool = False
    most: float = 1.0

    def lost(self, days: int) -> float:
        """Return the share that is lost after some days, each counted as soon as it begins."""
        return min(self.share * (days if self.each_day else 1), self.most, 1.0)


class Policy(NamedTuple):
    """How a class is handled: which attempt counts, what being late costs, what is shown."""

    show: Show = "always"
    due: datetime | None = None
    late: Late = Late()
    attempts: Literal["latest", "highest", "first"] | None = None
    columns: Mapping[str, str] = MappingProxyType({})  # question ids, and student, to columns


@dataclass
class Assignment:
    """All questions that could be read, and everything found wrong with the file."""

    document: Document
    title: str = ""
    description: str = ""
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    policy: Policy = field(default_factory=Policy)

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
