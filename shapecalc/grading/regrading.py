"""Whose points change: two gradebooks, as `grade --format csv` writes them, row by row.

A key is corrected, an answer is accepted, a weight is changed: students ask who it helps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.exports.gradebook import LATE, POSSIBLE, TOTAL, UNREAD

STUDENT, ID = "student", "id"
SO_FAR = "total so far"  # of who has an answer that somebody has to look at, before or now
Who = tuple[str, str, int]  # a name, a number, and which of several of both


class NotAGradebook(ValueError):
    """A table that `grade` did not write; the text says what is missing."""


class Gradebook(NamedTuple):
    """Points as they are written, by student and column; the points that there are, by column.

    The total of who is in `open` are the points so far: an answer has none yet.
    """

    possible: Mapping[str, str]
    points: Mapping[Who, Mapping[str, str]]
    open: frozenset[Who]


class Change(NamedTuple):
    """A cell that is another one now. Empty means: no points yet."""

    student: str
    identity: str
    column: str
    before: str
    after: str


class Regrading(NamedTuple):
    """What changes, student by student; who is in one of the two alone; the mean totals of the
    students who have one in both, so far or not.
    """

    students: int  # in both
    open: int  # of them, with an answer that has no points yet, before or now
    of_means: int
    columns: list[str]  # of the points, in their order
    possible: list[Change]
    changes: list[Change]
    new: list[str]
    gone: list[str]
    means: tuple[float | None, float | None]

    @property
    def totals(self) -> list[Change]:
        """The totals that change."""
        return [change for change in self.changes if change.column in (TOTAL, SO_FAR)]

    @property
    def answers(self) -> list[Change]:
        """The points of single questions that change."""
        return [change for change in self.changes if change.column not in (TOTAL, SO_FAR, LATE)]


def moved(changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """Return the changes to more points and those to fewer; none yet are as good as 0."""
    both = [(change, number(change.before) or 0, number(change.after) or 0) for change in changes]
    return [c for c, old, new in both if new > old], [c for c, old, new in both if new < old]


def read_gradebook(rows: Iterable[Sequence[str]]) -> Gradebook:
    """Return what a gradebook's rows hold. Raises NotAGradebook."""
    lines = iter(rows)
    head, possible = next(lines, ()), next(lines, ())
    if not {STUDENT, TOTAL} <= set(head):
        raise NotAGradebook(f"no columns {STUDENT} and {TOTAL}: it is not what grade wrote as CSV")
    if possible[:1] != [POSSIBLE]:
        raise NotAGradebook(f"no row {POSSIBLE} below the header: it is not what grade wrote")
    twice = next((name for name, count in Counter(head).items() if name and count > 1), None)
    if twice is not None:
        raise NotAGradebook(f"two columns are called {quote(twice)}: rename the question's by hand")
    pointed = {
        name: at
        for at, name in enumerate(head)
        if name == LATE or (at < len(possible) and possible[at] and at)
    }
    number = head.index(ID) if ID in head else None
    total = head.index(TOTAL)
    so_far = head.index(UNREAD[1], total) if UNREAD[1] in head[total:] else None
    open_: set[Who] = set()
    met: Counter[tuple[str, str]] = Counter()
    points: dict[Who, dict[str, str]] = {}
    for row in lines:
        cells = [*row, *[""] * (len(head) - len(row))]
        name, identity = cells[0], cells[number] if number is not None else ""
        met[name, identity] += 1
        who = name, identity, met[name, identity]
        if so_far is not None and not cells[total] and cells[so_far]:
            open_.add(who)
            cells[total] = cells[so_far]
        points[who] = {column: cells[at] for column, at in pointed.items()}
    possible_ = {column: possible[at] for column, at in pointed.items()}
    return Gradebook(possible_, points, frozenset(open_))


def regraded(before: Gradebook, after: Gradebook) -> Regrading:
    """Return what changes from one gradebook to another."""
    both = [who for who in after.points if who in before.points]
    open_ = before.open | after.open
    changes = [
        Change(who[0], who[1], SO_FAR if column == TOTAL and who in open_ else column, *cells)
        for who in both
        for column, *cells in _changed(before.points[who], after.points[who])
    ]
    known = [who for who in both if None not in (_total(before, who), _total(after, who))]
    return Regrading(
        len(both),
        len(open_.intersection(both)),
        len(known),
        list(dict.fromkeys((*after.possible, *before.possible))),
        [Change("", "", *cell) for cell in _changed(before.possible, after.possible)],
        changes,
        [who[0] for who in after.points if who not in before.points],
        [who[0] for who in before.points if who not in after.points],
        (_mean(before, known), _mean(after, known)),
    )


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the columns whose cells differ, the total last."""
    for column in sorted(dict.fromkeys((*after, *before)), key=lambda name: name == TOTAL):
        old, new = before.get(column, ""), after.get(column, "")
        if old != new:
            yield column, old, new


def _total(book: Gradebook, who: Who) -> float | None:
    return number(book.points[who][TOTAL])


def _mean(book: Gradebook, whose: Sequence[Who]) -> float | None:
    return fmean(_total(book, who) or 0 for who in whose) if whose else None


def number(cell: str) -> float | None:
    """Return the points of a cell; None where it has none."""
    try:
        return float(cell)
    except ValueError:
        return None
