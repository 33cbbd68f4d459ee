"""Marks as PrairieLearn's external graders write them: results.json, of one submission.

What cannot be graded is no attempt: PrairieLearn then shows the format errors.
"""

from __future__ import annotations

import json
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.exports import number
from shapecalc.grading.exports.feedback import feedback, format_error, of_whole
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marks import Mark


def render(class_run: ClassRun) -> str:
    """Return the object of the only submission."""
    (graded,) = class_run.graded
    prompts = {question.id: question.prompt for question in class_run.assignment.questions}
    marks = graded.marked.marks if graded.gradable else ()
    whole = {
        "gradable": graded.gradable,
        "score": _share(graded),
        "message": "\n".join(of_whole(graded, class_run.assignment.policy)),
        "format_errors": [] if graded.gradable else [format_error(graded)],
        "tests": [_test(mark, prompts[mark.id]) for mark in marks],
    }
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def _share(graded: Graded) -> float:
    """Return the score from 0 to 1; where there are no points to be had, 0."""
    possible = graded.marked.possible
    return min(1.0, graded.score / possible) if possible else 0.0


def _test(mark: Mark, prompt: str) -> dict[str, Any]:
    return {
        "name": quote(mark.id),
        "description": prompt,
        "points": number(mark.points),
        "max_points": number(mark.possible),
        "message": feedback(mark),
        "output": mark.answer,
    }
