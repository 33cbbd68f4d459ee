"""What everybody got: a submission with its marks and remarks, and the whole class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from shapecalc.grading.marks import Mark, Marked
from shapecalc.grading.question import Assignment
from shapecalc.grading.table_header import TableColumns
from shapecalc.grading.wording import in_a_row

MOST_NAMED = 5  # students of one sort


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
    table: TableColumns | None = None  # what is told of its table, once for all rows

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


class Standing(NamedTuple):
    """How a submission stands among all that its student, or one of the same name, handed in."""

    superseded: str = ""
    attempts: int = 1
    duplicate: bool = False


@dataclass(frozen=True)
class ClassRun:
    """An assignment with everybody's marks: what the exporters write.

    A class may be large. What is gone through here is read anew each time, and not kept.
    """

    assignment: Assignment
    everything: Iterable[Graded]  # every file and row, in order, any number of times

    @property
    def graded(self) -> Iterator[Graded]:
        """Everybody's submissions, those that cannot be graded and earlier attempts as well."""
        return (item for item in self.everything if not item.skipped)

    @property
    def skipped(self) -> Iterator[Graded]:
        """Files and rows that are nobody's answers."""
        return (item for item in self.everything if item.skipped)

    @property
    def counted(self) -> Iterator[Graded]:
        """Everybody once: what a gradebook holds."""
        return (item for item in self.graded if not item.superseded)

    @property
    def marked(self) -> Iterator[Graded]:
        """Those who could be graded: what means are taken of."""
        return (item for item in self.counted if item.gradable)

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(question.points for question in self.assignment.questions), 6)

    @cached_property
    def tally(self) -> Tally:
        """How many there are of each sort."""
        return tallied(self.everything)

    @property
    def mean(self) -> float | None:
        """The mean score of those who could be graded."""
        tally = self.tally
        return round(tally.points / tally.marked, 6) if tally.marked else None


@dataclass
class Named:
    """Submissions of one sort: how many, and of the first of them the students."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, item: Graded) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < MOST_NAMED:
            self.first.append(item.student or item.file)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        return f"{', '.join(self.first)} and {more:,} more" if more else in_a_row(self.first)


@dataclass
class Tally:
    """What has to be known of a whole class before its first line is written."""

    graded: int = 0  # submissions
    counted: int = 0  # students
    marked: int = 0  # of them, gradable
    skipped: int = 0
    failed: int = 0
    unread: int = 0  # answers that need a look
    hanging: int = 0  # answers whose points may change with one that needs a look
    with_hanging: Named = field(default_factory=Named)
    duplicates: int = 0
    points: float = 0.0
    identities: bool = False  # whether anybody has one
    times: bool = False  # whether any says when it was handed in
    timeless: Named = field(default_factory=Named)  # that do not say it, nor are called late
    titles: dict[str, None] = field(default_factory=dict)  # of tables' own columns, in order
    tables: dict[str, TableColumns] = field(default_factory=dict)  # by file, where some is told
    misconceptions: Counter[str] = field(default_factory=Counter)  # answers, by their cause
    perhaps: Counter[str] = field(default_factory=Counter)  # of these, those that are not certain
    mistaken: Counter[str] = field(default_factory=Counter)  # students, by the same
    # What students are told of a cause; empty where not all are told the same.
    words: dict[str, str] = field(default_factory=dict)


def tallied(everything: Iterable[Graded]) -> Tally:
    """Count a class; those that another attempt stands for are only counted as submissions."""
    tally = Tally()
    for item in everything:
        tally.skipped += item.skipped
        tally.graded += not item.skipped
        tally.failed += item.failed
        if item.table is not None and any(item.table):
            tally.tables[item.file] = item.table
        if item.skipped or item.superseded:
            continue
        tally.counted += 1
        tally.duplicates += item.duplicate
        tally.identities |= bool(item.identity)
        tally.times |= bool(item.when)
        if item.gradable and not item.when and not item.late:
            tally.timeless.add(item)
        tally.titles.update(dict.fromkeys(name for name, _ in item.columns))
        if item.gradable:
            tally.marked += 1
            tally.points += item.score
            tally.unread += item.marked.unread
            hanging = sum([mark.hangs for mark in item.marked.marks])
            if hanging:
                tally.hanging += hanging
                tally.with_hanging.add(item)
            _count_causes(tally, item.marked.marks)
    return tally


def _count_causes(tally: Tally, marks: Sequence[Mark]) -> None:
    """Count the mistakes behind the answers of one student that have a cause, or behind terms of
    what has none.
    """
    found: dict[str, None] = {}  # in one order, run by run
    for mark in marks:
        if mark.misconception:
            name, matter = mark.misconception, mark.matter
            if mark.perhaps:
                tally.perhaps[name] += 1
            tally.words[name] = matter if tally.words.get(name, matter) == matter else ""
            found[name] = None
            tally.misconceptions[name] += 1
        elif not mark.unread:
            tally.words.update(dict.fromkeys(mark.in_terms, ""))
            tally.misconceptions.update(mark.in_terms)
            found.update(dict.fromkeys(mark.in_terms))
    tally.mistaken.update(found.keys())
