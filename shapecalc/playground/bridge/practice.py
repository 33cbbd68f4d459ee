"""Practice: questions that are marked at once, by the marking that homework gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc.grading.answers import LONGEST, WANTED
from shapecalc.grading.feedback import right_answer
from shapecalc.grading.marks import Mark
from shapecalc.grading.question import Question
from shapecalc.playground.bridge import hidden
from shapecalc.playground.bridge.last import last
from shapecalc.playground.bridge.sheets import opened
from shapecalc.reports.columns import COLUMNS

UNEXPLAINED = "It is another number: work it out again, or look at the working."


def sheet(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sheet of questions for the page. Raises Refused for one that cannot be answered."""
    found = opened(written)
    return {
        "title": found.title,
        "notes": found.notes,
        "problems": [
            {"intro": problem.intro, "items": [item._asdict() for item in problem.items]}
            for problem in found.problems
        ],
        "wanted": WANTED,
        "table": found.table and _table(found.table),
    }


def _table(table: hidden.Table) -> dict[str, Any]:
    rows = [
        {"name": row.name, "what": row.what, "cells": [cell._asdict() for cell in row.cells]}
        for row in table.rows
    ]
    return {"columns": list(table.columns), "rows": rows}


def mark(
    written: Mapping[str, Any], answers: Mapping[str, str], reveal: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """Mark answers by the ids of their questions, those that are not blank.

    Of the questions in `reveal` the right answer and its working are told as well, answered or not.
    """
    found = opened(written)
    given = {name: str(answer)[:LONGEST] for name, answer in answers.items()}
    marks = {one.id: one for one in found.marker.mark("", given).marks}
    told = {one.id: one for one in found.telling.mark("", given).marks} if reveal else {}
    return {
        question.id: _told(question, marks[question.id])
        | (_revealed(question, told[question.id]) if question.id in reveal else {})
        for question in found.assignment.questions
        if marks[question.id].verdict != "blank" or question.id in reveal
    }


def _told(question: Question, mark: Mark) -> dict[str, Any]:
    """Return a mark as the page shows it; nobody but the program looks at the answer."""
    told = {
        "verdict": mark.verdict,
        "feedback": mark.feedback,
        "explained": bool(mark.feedback),
        "misconception": mark.misconception,
    }
    if mark.unread:
        return told | {"feedback": f"Write one answer, {WANTED[question.query.form]}."}
    if mark.verdict == "wrong" and not mark.feedback:
        return told | {"feedback": UNEXPLAINED}
    return told


def _revealed(question: Question, mark: Mark) -> dict[str, str]:
    """Return the right answer with its working, and what went wrong with its numbers."""
    working = right_answer(question)
    explained = mark.verdict not in ("blank", "needs a look", "right")
    return {
        "working": working,
        "told": mark.feedback.removesuffix(working).strip() if explained else "",
    }


def choices() -> dict[str, Any]:
    """Return the numbers of the last network that a teacher may hide."""
    rows = [
        {"name": name, "what": what, "cells": [one and one._asdict() for one in cells]}
        for name, what, cells in hidden.choices(last())
    ]
    return {"columns": [COLUMNS[key].title for key in hidden.USUAL], "rows": rows}
