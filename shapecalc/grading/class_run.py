"""Runs the marker over a whole class: many files, in several processes if wanted, in their order.

Processes are started afresh (`spawn`, the only way on Windows) and read the assignment themselves
from its path; what goes to and fro are paths and marks.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from shapecalc import interrupts
from shapecalc.diagnostics import quote
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.attempts import attempts_counted
from shapecalc.grading.columns import Mapped
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marking import Marker
from shapecalc.grading.moments import days_late, moment
from shapecalc.grading.question import Assignment, Policy
from shapecalc.grading.submission_file import Found, Submission, internal_error
from shapecalc.grading.submissions import read_submissions
from shapecalc.plugins import ACTIVE, activate

T = TypeVar("T")
TEXTS = ("id", "answer", "right", "working", "feedback", "note")  # of a mark
MOST_SHARED = 200_000
CHUNK = 16  # files that a process is given at a time
WORTH = 2 * CHUNK  # files from which another process pays


def grade(
    assignment: Assignment,
    found: Sequence[Found],
    jobs: int = 1,
    progress: Callable[[int], None] = lambda files: None,
    now: datetime | None = None,
) -> ClassRun:
    """Mark all files. `progress` is told after each chunk how many more are done.

    `now` is when that is, on which hangs what students are told.
    """
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)]
    jobs = min(jobs, len(chunks)) if len(found) > WORTH and assignment.file else 1
    graded: list[Graded] = []
    known: dict[Any, Any] = {}
    for chunk, results in zip(chunks, _results(assignment, chunks, jobs, now), strict=True):
        graded += (_shared(item, known) for item in results)
        progress(len(chunk))
    return ClassRun(assignment, attempts_counted(assignment.policy, graded))


def _shared(graded: Graded, known: dict[Any, Any]) -> Graded:
    """Return a submission whose marks and texts are one object with equal ones: a class has many,
    and what comes from another process is a copy.
    """

    def same(thing: T) -> T:
        if len(known) > MOST_SHARED:
            known.clear()
        found: T = known.setdefault(thing, thing)
        return found

    marks = (
        same(mark._replace(**{name: same(getattr(mark, name)) for name in TEXTS}))
        for mark in graded.marked.marks
    )
    return graded._replace(marked=graded.marked._replace(marks=tuple(marks)))


def _results(
    assignment: Assignment, chunks: Sequence[Sequence[Found]], jobs: int, now: datetime | None
) -> Iterator[list[Graded]]:
    if jobs == 1:
        marker = Marker(assignment, now)
        yield from (_mark_all(marker, chunk) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")
    path = assignment.file or ""
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=context,
        initializer=_start,
        initargs=(path, ACTIVE, assignment.policy, now),
    )
    try:
        with interrupts.ignored():
            results = pool.map(_mark_there, chunks)  # starts the processes
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


# -- in a process of its own -----------------------------------------------------------------------

_markers: list[Marker] = []


def _start(path: str, plugins: Sequence[str], policy: Policy, now: datetime | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows inherits no such thing
    for name in plugins:
        activate(name)
    assignment = read_assignment(path)
    assignment.policy = policy  # as the command line has it
    _markers.append(Marker(assignment, now))


def _mark_there(chunk: Sequence[Found]) -> list[Graded]:
    return _mark_all(_markers[-1], chunk)


def _mark_all(marker: Marker, chunk: Sequence[Found]) -> list[Graded]:
    assignment = marker.assignment
    ids = {question.id: None for question in assignment.questions}  # a set in order
    mapped = Mapped({q.id: q.prompt for q in assignment.questions}, assignment.policy.columns)
    return [
        _mark(marker, submission)
        for item in chunk
        for submission in read_submissions(item, ids, mapped)
    ]


def _mark(marker: Marker, submission: Submission) -> Graded:
    """Mark one submission; whatever happens, the others are marked too."""
    student, reason, failed = submission.student, submission.reason, submission.failed
    marked = None
    if not reason:
        try:
            marked = marker.mark(student, submission.answers, submission.unread)
        except Exception as error:
            reason, failed = internal_error("marking", error), True
    graded = Graded(
        marked or marker.not_gradable(student, reason),
        submission.file,
        submission.notes,
        submission.identity,
        submission.late,
        failed=failed,
        when=submission.when,
        skipped=submission.skipped,
        columns=submission.columns,
    )
    return _with_penalty(marker.assignment.policy, graded)


def _with_penalty(policy: Policy, graded: Graded) -> Graded:
    """Return a submission with what being late costs: by the platform's word, or by the date."""
    days = 0
    if policy.due is not None and graded.when:
        try:
            days = days_late(policy.due, moment(graded.when))
        except ValueError:
            note = f"{quote(graded.when)} could not be read as a time: lateness is not known"
            graded = graded._replace(notes=(*graded.notes, note))
    if not days and not graded.late:
        return graded
    lost = policy.late.lost(max(1, days)) * graded.marked.score if graded.gradable else 0.0
    return graded._replace(late=True, penalty=round(lost, 6))
