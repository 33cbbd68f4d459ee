"""Marks as Gradescope's autograders write them: results.json, of one submission.

Its feedback gives the right answers away, so it is shown once the due date is over.
"""

from __future__ import annotations

import json
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.exports import number
from shapecalc.grading.exports.feedback import feedback, of_whole
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.marks import Mark

VISIBILITY = "after_due_date"


def render(class_run: ClassRun) -> str:
    """Return the object of the only submission."""
    (graded,) = class_run.graded
    marks = graded.marked.marks if graded.gradable else ()
    whole = {
        "score": number(graded.score),
        "output": "\n".join(of_whole(graded, class_run.assignment.policy)),
        "visibility": VISIBILITY,
        "tests": [_test(place, mark) for place, mark in enumerate(marks, 1)],
    }
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def _decided(mark: Mark) -> bool:
    """Say whether a test is passed or failed: with a part of the points it is neither, nor is one
    that a person has to look at.
    """
    return not mark.unread and mark.points in (0, mark.possible)


def _test(place: int, mark: Mark) -> dict[str, Any]:
    return {
        "name": quote(mark.id),
        "number": str(place),
        "score": number(mark.points),
        "max_score": number(mark.possible),
        **(
            {"status": "passed" if mark.points == mark.possible else "failed"}
            if _decided(mark)
            else {}
        ),
        "output": feedback(mark),
        "output_format": "text",
        "visibility": VISIBILITY,
    }
