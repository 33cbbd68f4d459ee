"""Runs the marker over a whole class: many files, in several processes if wanted, in their order.

Processes are started afresh (`spawn`, the only way on Windows) and read the assignment themselves
from its path; what goes to and fro are paths and marks.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import chain, islice

from shapecalc import interrupts
from shapecalc.collector import collect_seldom
from shapecalc.diagnostics import quote
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.attempts import standings
from shapecalc.grading.columns import Mapped
from shapecalc.grading.comparison import can_answer
from shapecalc.grading.earlier_sheets import on_an_earlier_sheet
from shapecalc.grading.filled_sheet import Sheet
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marking import Marker
from shapecalc.grading.moments import days_late, moment
from shapecalc.grading.prompts import on_the_sheet
from shapecalc.grading.question import Assignment, Policy
from shapecalc.grading.spool import Packed, Spool, packed
from shapecalc.grading.submission_file import Found, Submission, internal_error
from shapecalc.grading.submissions import read_submissions
from shapecalc.grading.values import flat
from shapecalc.plugins import ACTIVE, activate

CHUNK = 16  # files that a process is given at a time
WORTH = 2 * CHUNK  # files from which another process pays
AHEAD = 8  # chunks that wait for each process


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
    everything = Spool()
    for chunk, marks in zip(chunks, _results(assignment, chunks, jobs, now), strict=True):
        for some in marks:
            everything.add(some)
        progress(len(chunk))
    everything.standings = standings(assignment.policy, everything)
    return ClassRun(assignment, everything)


def _results(
    assignment: Assignment, chunks: Sequence[Sequence[Found]], jobs: int, now: datetime | None
) -> Iterator[Iterable[Packed]]:
    if jobs == 1:
        marker, mapped = Marker(assignment, now), _mapped(assignment)
        yield from (_mark_all(marker, mapped, chunk) for chunk in chunks)
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
        at_once = AHEAD * jobs
        with interrupts.ignored():  # this starts the processes
            waiting = deque(pool.submit(_mark_there, chunk) for chunk in chunks[:at_once])
        for chunk in chunks[at_once:]:
            yield waiting.popleft().result()
            waiting.append(pool.submit(_mark_there, chunk))
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


# -- in a process of its own -----------------------------------------------------------------------

_marking: list[tuple[Marker, Mapped]] = []


def _start(path: str, plugins: Sequence[str], policy: Policy, now: datetime | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows inherits no such thing
    collect_seldom()
    for name in plugins:
        activate(name)
    assignment = read_assignment(path)
    assignment.policy = policy  # as the command line has it
    _marking.append((Marker(assignment, now), _mapped(assignment)))


def _mark_there(chunk: Sequence[Found]) -> list[Packed]:
    return list(_mark_all(*_marking[-1], chunk))


def _mapped(assignment: Assignment) -> Mapped:
    """Return what tells the questions apart in what is handed in."""
    questions = {question.id: question for question in assignment.questions}
    prompts = {id_: question.prompt for id_, question in questions.items()}
    texts = on_the_sheet(assignment.questions)
    earlier = on_an_earlier_sheet(assignment.questions)
    asked = [*texts.items(), *prompts.items(), *((q.id, q.prompt) for q in earlier)]

    @cache
    def sheet() -> Sheet:  # for the first text: a table or a mapping needs none
        from shapecalc.grading.handout.markdown import render
        from shapecalc.grading.quiz.words import NOTES

        printed = [assignment, *([replace(assignment, questions=earlier)] if earlier else [])]
        lines = (line for one in printed for line in render(one).splitlines())
        return Sheet(asked, [*lines, NOTES])

    return Mapped(
        prompts,
        assignment.policy.columns,
        lambda id_, text: can_answer(questions[id_], text),
        texts,
        {q.id for q in assignment.questions if q.query.form == "array" and len(flat(q.right)) > 1},
        lambda text: sheet().without(text),
    )


def _mark_all(marker: Marker, mapped: Mapped, chunk: Sequence[Found]) -> Iterator[Packed]:
    ids = {question.id: None for question in marker.assignment.questions}  # a set in order
    submissions = chain.from_iterable(read_submissions(item, ids, mapped) for item in chunk)
    while some := list(islice(submissions, 4 * CHUNK)):  # a table may have many more
        yield packed([_mark(marker, submission) for submission in some])


def _mark(marker: Marker, submission: Submission) -> Graded:
    """Mark one submission; whatever happens, the others are marked too."""
    student, reason, failed = submission.student, submission.reason, submission.failed
    marked = None
    if not reason:
        try:
            marked = marker.mark(
                student,
                submission.answers,
                submission.unread,
                submission.columnless,
                submission.goes_on,
            )
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
        table=submission.table,
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
