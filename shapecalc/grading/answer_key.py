"""The answer that an assignment's author wrote, against the computed one."""

from __future__ import annotations

from shapecalc import rules
from shapecalc.diagnostics import quote
from shapecalc.grading.answers import Unreadable, read_answer
from shapecalc.grading.fault import Faults
from shapecalc.grading.misprints import false_key
from shapecalc.grading.question import Question
from shapecalc.grading.values import shown


def check_key(question: Question, faults: Faults) -> None:
    """Report a key that cannot be read, or that is not what is computed."""
    if question.key is None:
        return
    path = (*question.path, "key")
    try:
        given = read_answer(question.key, question.query.form)
    except Unreadable as error:
        faults.add(
            rules.WRONG_ASSIGNMENT_VALUE, f"the key of {quote(question.id)}: {error}", "", path
        )
        return
    said = false_key(question, given)
    if said:
        right = question.right  # a comma of thousands ends a value in braces
        written = str(right) if type(right) is int else shown(right)
        hint = f"write key: {written}, or leave it out: it is computed"
        faults.add(rules.FALSE_KEY, said, hint, path)
