"""Marks as a CSV for a gradebook: the points possible, then a row a student."""

from __future__ import annotations

import csv
import io

from shapecalc.diagnostics import quote
from shapecalc.grading.class_run import ClassRun, Graded
from shapecalc.grading.exports import number
from shapecalc.reports.csv_text import harmless


def render(class_run: ClassRun) -> str:
    """Return the lines. An `id` column is there if a platform or a column told one.

    The points of a submission that cannot be graded are left empty: it has no score, not a 0.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with_ids = any(graded.identity for graded in class_run.graded)
    questions = class_run.assignment.questions

    def write(student: str, identity: str, points: list[object], status: str) -> None:
        first = [harmless(student), *([harmless(identity)] if with_ids else [])]
        writer.writerow([*first, *points, harmless(status)])

    write("student", "id", [*(harmless(quote(q.id, 400)) for q in questions), "total"], "status")
    possible = [*(number(q.points) for q in questions), number(class_run.possible)]
    write("Points Possible", "", [*possible], "")
    for graded in class_run.graded:
        write(graded.student, graded.identity, _points(graded), graded.status)
    return text.getvalue()


def _points(graded: Graded) -> list[object]:
    marked = graded.marked
    if not graded.gradable:
        return [""] * (len(marked.marks) + 1)
    return [*(number(mark.points) for mark in marked.marks), number(marked.score)]
