"""Marks homework: a student, a class (`shapecalc grade`), an answer key (`shapecalc audit`).

In a notebook's cell, for nbgrader, otter-grader or by hand:

>>> from shapecalc.grading import mark
>>> marked = mark("homework.yaml", {"conv1.output": "28x28x10", "conv1.parameters": "750"})
>>> marked.score, marked.possible
(1.0, 2.0)
>>> print(marked.feedback)
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from shapecalc.diagnostics import SpecError
from shapecalc.grading.answer_texts import first_of
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.columns import by_plain_id, question_of
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark, Marked
from shapecalc.grading.question import Assignment


def mark(
    assignment: str | PathLike[str] | Mapping[str, Any] | Assignment,
    answers: Mapping[str, Any],
    student: str = "",
) -> Marked:
    """Mark one student's answers, a mapping from question id to answer; `Q8` is `q8`, as in files.

    A wrong, blank or unreadable answer raises nothing and prints nothing. Raises SpecError for a
    faulty assignment, and OSError for a path that cannot be opened.
    """
    if not isinstance(assignment, Assignment):
        assignment = read_assignment(assignment)
    if not assignment.usable:
        raise SpecError(assignment.diagnostics)
    ids = [question.id for question in assignment.questions]
    short = by_plain_id(ids)
    meant = [(question_of(str(key), ids, short), answer) for key, answer in answers.items()]
    known, _ = first_of([(id_, answer) for id_, answer in meant if id_])
    return Marker(assignment).mark(student, known)


def score(
    assignment: str | PathLike[str] | Mapping[str, Any] | Assignment, answers: Mapping[str, Any]
) -> float:
    """Return the points that answers get: what a cell of nbgrader ends with."""
    return mark(assignment, answers).score


__all__ = ["Assignment", "Mark", "Marked", "mark", "read_assignment", "score"]
