"""Marks as a CSV for a gradebook: the points possible, then a row a student."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from shapecalc.diagnostics import quote
from shapecalc.grading.columns import plain
from shapecalc.grading.exports import number
from shapecalc.grading.exports.feedback import one_line
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.moments import days_late, moment, shown_moment
from shapecalc.grading.question import Question
from shapecalc.reports.csv_text import harmless

TOTAL, LATE = "total", "late penalty"
POSSIBLE = "Points Possible"
TIMES = ("handed in", "days late")
UNREAD = ("answers to look at", "points so far")
LAST = ("status", "feedback", "file")


def render(class_run: ClassRun) -> Iterator[str]:
    """Yield the lines, one for everybody: of several attempts only that which counts.

    An `id` column is there if a platform or a column told one, and so are a table's own columns of
    who answered, under their own names: what a platform's gradebook finds its people by. The
    points of a submission that cannot be graded are left empty, and so are those of an answer that
    somebody has to look at: it has no points yet, not 0. Such a student's total is empty, too, as a
    platform would import what is not all; it stands in a column of its own. So is the penalty for
    being late, which is a share of all the points: the feedback says which. A question that is
    called as one of these columns has its number behind its id. Times have one form,
    but for those that may be read in more than one way.
    """
    tally, questions = class_run.tally, class_run.assignment.questions
    policy = class_run.assignment.policy
    due = policy.due
    dated = (2 if due is not None else 1) if tally.times else 0
    titles = [name for name in tally.titles if plain(name) not in ("student", "id")]

    def line(
        who: list[str],
        points: Sequence[object],
        penalty: object,
        unread: Sequence[object],
        times: Sequence[object],
        said: list[str],
    ) -> str:
        first = [who[0], *(who[1:2] if tally.identities else []), *who[2:]]
        late = [penalty] if policy.late.share else []
        looks = unread if tally.unread else []
        unread = [*looks, *times[:dated]]
        last = [harmless(text) for text in said]
        return _line([*map(harmless, first), *points[:-1], *late, *points[-1:], *unread, *last])

    heads = [*_heads(questions, titles), TOTAL]
    yield line(["student", "id", *titles], heads, LATE, UNREAD, TIMES, [*LAST])
    possible = [*(number(q.points) for q in questions), number(class_run.possible)]
    rest = [""] * len(LAST)
    yield line([POSSIBLE, "", *[""] * len(titles)], possible, "", ["", ""], ["", ""], rest)
    for graded in class_run.counted:
        own = dict(graded.columns)
        who = [graded.student, graded.identity, *(own.get(name, "") for name in titles)]
        open_ = graded.marked.unread if graded.gradable else 0
        penalty = -number(graded.penalty) if graded.penalty and not open_ else ""
        looks = [open_, number(graded.score)] if open_ else ["", ""]
        said = [graded.status, one_line(graded, policy), graded.file]
        times = [harmless(shown_moment(graded.when)), _days_late(graded, due)]
        yield line(who, _points(graded, open_), penalty, looks, times, said)


def _heads(questions: Sequence[Question], titles: Sequence[str]) -> Iterator[str]:
    """Yield the names of the questions' columns: their ids, and where another column is called so,
    with the question's number.
    """
    taken = {"student", "id", TOTAL, LATE, *UNREAD, *TIMES, *LAST, *titles}
    taken = {name.casefold() for name in taken}
    for number_, question in enumerate(questions, 1):
        head = quote(question.id, 400)
        yield harmless(f"{head} (question {number_})" if head.casefold() in taken else head)


def _days_late(graded: Graded, due: datetime | None) -> object:
    """Return how many days late a submission is; nothing where that is not known."""
    with suppress(ValueError):
        if due is not None:
            return days_late(due, moment(graded.when))
    return ""


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _points(graded: Graded, unread: int) -> list[object]:
    """Return the points of each answer and of all; of those `unread`, and of all then, none yet."""
    marks = graded.marked.marks
    if not graded.gradable:
        return [""] * (len(marks) + 1)
    points = ["" if unread and mark.unread else number(mark.points) for mark in marks]
    return [*points, "" if unread else number(graded.score)]
