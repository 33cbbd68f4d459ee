"""Marks as a CSV for a gradebook: the points possible, then a row a student."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from shapecalc.diagnostics import quote
from shapecalc.grading.columns import plain
from shapecalc.grading.exports import number
from shapecalc.grading.exports.feedback import one_line
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.reports.csv_text import harmless


def render(class_run: ClassRun) -> str:
    """Return the lines, one for everybody: of several attempts only that which counts.

    An `id` column is there if a platform or a column told one, and so are a table's own columns of
    who answered, under their own names: what a platform's gradebook finds its people by. The
    points of a submission that cannot be graded are left empty, and so are those of an answer that
    somebody has to look at: it has no points yet, not 0.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with_ids = any(graded.identity for graded in class_run.counted)
    with_penalty = any(graded.penalty for graded in class_run.counted)
    titles = _titles(class_run)
    questions = class_run.assignment.questions

    def write(who: list[str], points: Sequence[object], penalty: object, said: list[str]) -> None:
        first = [who[0], *(who[1:2] if with_ids else []), *who[2:]]
        late = [penalty] if with_penalty else []
        total = points[-1:]
        last = [harmless(text) for text in said]
        writer.writerow([*map(harmless, first), *points[:-1], *late, *total, *last])

    heads = [*(harmless(quote(q.id, 400)) for q in questions), "total"]
    write(["student", "id", *titles], heads, "late", ["status", "feedback"])
    possible = [*(number(q.points) for q in questions), number(class_run.possible)]
    write(["Points Possible", "", *[""] * len(titles)], [*possible], "", ["", ""])
    for graded in class_run.counted:
        own = dict(graded.columns)
        who = [graded.student, graded.identity, *(own.get(name, "") for name in titles)]
        penalty = -number(graded.penalty) if graded.penalty else ""
        write(who, _points(graded), penalty, [graded.status, one_line(graded)])
    return text.getvalue()


def _titles(class_run: ClassRun) -> list[str]:
    """Return the tables' own columns of who answered, but for those that are there already."""
    names = (name for graded in class_run.counted for name, _ in graded.columns)
    return [name for name in dict.fromkeys(names) if plain(name) not in ("student", "id")]


def _points(graded: Graded) -> list[object]:
    marked = graded.marked
    if not graded.gradable:
        return [""] * (len(marked.marks) + 1)
    points = ("" if mark.unread else number(mark.points) for mark in marked.marks)
    return [*points, number(graded.score)]
