"""Marks as JSON: everything that is known, by the schema shapecalc.grade/1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import indent
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.exports.summary import summary_of
from shapecalc.grading.graded import ClassRun, Graded

SCHEMA = "shapecalc.grade/1"


def render(class_run: ClassRun) -> Iterator[str]:
    """Yield one object. All but ASCII is escaped, so no control character reaches a terminal."""
    assignment = class_run.assignment
    first = {
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
    }  # fmt: skip
    skipped = ({"file": item.file, "reason": item.marked.reason} for item in class_run.skipped)
    yield _text(first).removesuffix("\n}")
    yield from _listed("submissions", map(_submission, class_run.graded))
    yield from _listed("skipped", skipped)
    yield f""",\n  "summary": {indent(_text(summary_of(class_run)), "  ").lstrip()}\n}}\n"""


def _text(thing: Any) -> str:
    return json.dumps(thing, indent=2, allow_nan=False)


def _listed(key: str, things: Iterable[Any]) -> Iterator[str]:
    """Yield a key with a list, thing by thing."""
    yield f',\n  "{key}": ['
    between = "\n"
    for thing in things:
        yield f"{between}{indent(_text(thing), '    ')}"
        between = ",\n"
    yield "]" if between == "\n" else "\n  ]"


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
        "score": graded.score if graded.gradable else None,
        "penalty": graded.penalty,
        "possible": marked.possible,
        "notes": list(graded.notes),
        "marks": [mark._asdict() for mark in marked.marks] if graded.gradable else [],
    }
