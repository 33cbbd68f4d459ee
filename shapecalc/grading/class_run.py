"""Runs the marker over a whole class: many files, in several processes if wanted, in their order.

Processes are started afresh (`spawn`, the only way on Windows) and read the assignment themselves
from its path; what goes to and fro are paths and marks.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from shapecalc import interrupts
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Marked
from shapecalc.grading.question import Assignment
from shapecalc.grading.submission_file import Found, Submission, internal_error
from shapecalc.grading.submissions import read_submissions
from shapecalc.plugins import ACTIVE, activate

CHUNK = 16  # files that a process is given at a time
WORTH = 2 * CHUNK  # files from which another process pays


class Graded(NamedTuple):
    """A student's marks, and what else is told about the submission."""

    marked: Marked
    file: str
    notes: tuple[str, ...] = ()
    identity: str = ""
    late: bool = False
    duplicate: bool = False
    failed: bool = False  # it is shapecalc's own fault that nothing could be marked

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.marked.student

    @property
    def gradable(self) -> bool:
        """Whether anything could be marked."""
        return not self.marked.reason

    @property
    def remarks(self) -> list[str]:
        """What a gradebook says beside the marks."""
        return ["late"] * self.late + ["duplicate"] * self.duplicate

    @property
    def status(self) -> str:
        """All that a gradebook's last column says, such as `graded; late`."""
        return "; ".join(["graded" if self.gradable else "not gradable", *self.remarks])


class ClassRun(NamedTuple):
    """An assignment with everybody's marks: what the exporters write."""

    assignment: Assignment
    graded: list[Graded]

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(question.points for question in self.assignment.questions), 6)

    @property
    def marked(self) -> list[Graded]:
        """Those who could be graded: what means are taken of."""
        return [graded for graded in self.graded if graded.gradable]

    @property
    def mean(self) -> float | None:
        """The mean score of those who could be graded."""
        scores = [graded.marked.score for graded in self.marked]
        return round(sum(scores) / len(scores), 6) if scores else None

    @property
    def misconceptions(self) -> Counter[str]:
        """How often each misconception was met."""
        marks = (mark for graded in self.graded for mark in graded.marked.marks)
        return Counter(mark.misconception for mark in marks if mark.misconception)


def grade(
    assignment: Assignment,
    found: Sequence[Found],
    jobs: int = 1,
    progress: Callable[[int], None] = lambda files: None,
) -> ClassRun:
    """Mark all files. `progress` is told after each chunk how many more are done."""
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)]
    jobs = min(jobs, len(chunks)) if len(found) > WORTH and assignment.file else 1
    graded: list[Graded] = []
    for chunk, results in zip(chunks, _results(assignment, chunks, jobs), strict=True):
        graded += results
        progress(len(chunk))
    return ClassRun(assignment, _duplicates_told(graded))


def _duplicates_told(graded: Sequence[Graded]) -> list[Graded]:
    """Flag submissions of one student: of one identity, or of one name if nothing tells apart."""
    identities = Counter(item.identity.casefold() for item in graded if item.identity)
    names = Counter(item.student.casefold() for item in graded)
    unsure = {item.student.casefold() for item in graded if not item.identity}
    return [
        item._replace(
            duplicate=identities[item.identity.casefold()] > 1
            or (names[item.student.casefold()] > 1 and item.student.casefold() in unsure)
        )
        for item in graded
    ]


def _results(
    assignment: Assignment, chunks: Sequence[Sequence[Found]], jobs: int
) -> Iterator[list[Graded]]:
    if jobs == 1:
        marker = Marker(assignment)
        yield from (_mark_all(marker, chunk) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")
    path = assignment.file or ""
    pool = ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_start, initargs=(path, ACTIVE)
    )
    try:
        with interrupts.ignored():
            results = pool.map(_mark_there, chunks)  # starts the processes
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


# -- in a process of its own -----------------------------------------------------------------------

_markers: list[Marker] = []


def _start(path: str, plugins: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows inherits no such thing
    for name in plugins:
        activate(name)
    _markers.append(Marker(read_assignment(path)))


def _mark_there(chunk: Sequence[Found]) -> list[Graded]:
    return _mark_all(_markers[-1], chunk)


def _mark_all(marker: Marker, chunk: Sequence[Found]) -> list[Graded]:
    ids = {question.id: None for question in marker.assignment.questions}  # a set in order
    return [
        _mark(marker, submission) for item in chunk for submission in read_submissions(item, ids)
    ]


def _mark(marker: Marker, submission: Submission) -> Graded:
    """Mark one submission; whatever happens, the others are marked too."""
    student, reason, failed = submission.student, submission.reason, submission.failed
    marked = None
    if not reason:
        try:
            marked = marker.mark(student, submission.answers)
        except Exception as error:
            reason, failed = internal_error("marking", error), True
    return Graded(
        marked or marker.not_gradable(student, reason),
        submission.file,
        submission.notes,
        submission.identity,
        submission.late,
        failed=failed,
    )
