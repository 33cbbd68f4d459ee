"""Checks what an author printed, an answer key or a lecture's numbers, against what is computed."""

from __future__ import annotations

from shapecalc.grading.answers import Value, shown
from shapecalc.grading.comparison import is_right
from shapecalc.grading.misconceptions import explaining, wrong_answers
from shapecalc.grading.misconceptions.case import Case
from shapecalc.grading.question import Question


def false_key(question: Question, given: Value) -> str:
    """Return what is wrong with a printed answer, with the mistake behind it; empty if right."""
    if is_right(question, given):
        return ""
    said = f"{question.asked.path}: {shown(given)} printed, {shown(question.right)} computed"
    case = Case(question.subject, question.asked, question.right)
    found = explaining(wrong_answers(case), given)
    return f"{said}; {found[0].says}: {found[1].arithmetic}" if found else said
