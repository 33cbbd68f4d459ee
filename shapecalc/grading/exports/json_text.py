"""Marks as JSON: everything that is known, by the schema shapecalc.grade/1."""

from __future__ import annotations

import json
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.exports.summary import summary_of
from shapecalc.grading.graded import ClassRun, Graded

SCHEMA = "shapecalc.grade/1"


def render(class_run: ClassRun) -> str:
    """Return one object. All but ASCII is escaped, so no control character reaches a terminal."""
    assignment = class_run.assignment
    whole = {
        "schema": SCHEMA,
        "assignment": {
            "title": assignment.title,
            "file": quote(assignment.file or "", 400),
            "possible": class_run.possible,
            "questions": [
                {"id": q.id, "asked": q.query.path, "prompt": q.prompt, "points": q.points,
                 "right": q.right_shown, "working": q.working}
                for q in assignment.questions
            ],
        },
        "submissions": [_submission(graded) for graded in class_run.graded],
        "skipped": [
            {"file": item.file, "reason": item.marked.reason} for item in class_run.skipped
        ],
        "summary": summary_of(class_run),
    }  # fmt: skip
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def _submission(graded: Graded) -> dict[str, Any]:
    marked = graded.marked
    return {
        "student": graded.student,
        "identity": graded.identity,
        "file": graded.file,
        "status": graded.status,
        "gradable": graded.gradable,
        "reason": marked.reason,
        "late": graded.late,
        "duplicate": graded.duplicate,
        "score": marked.score if graded.gradable else None,
        "possible": marked.possible,
        "notes": list(graded.notes),
        "marks": [mark._asdict() for mark in marked.marks] if graded.gradable else [],
    }
