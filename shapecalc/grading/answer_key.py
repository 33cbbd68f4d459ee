"""The answers that an assignment's author wrote, against the computed one."""

from __future__ import annotations

from shapecalc import rules
from shapecalc.diagnostics import quote
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.fault import Faults
from shapecalc.grading.misprints import false_key
from shapecalc.grading.question import Question
from shapecalc.grading.written_numbers import Unreadable


def check_key(question: Question, faults: Faults) -> None:
    """Report a key that cannot be read, or that is not what is computed."""
    if question.key is None:
        return
    path = (*question.path, "key")
    try:
        ways = ways_to_read(question, question.key)
    except Unreadable as error:
        faults.add(
            rules.WRONG_ASSIGNMENT_VALUE, f"the key of {quote(question.id)}: {error}", "", path
        )
        return
    if any(is_right(question, reading.value) for reading in ways):
        return
    said = false_key(question, ways[0].value)
    if said:
        right = question.right  # a comma of thousands ends a value in braces
        written = str(right) if type(right) is int else question.right_shown
        hint = f"write key: {written}, or leave it out: it is computed"
        faults.add(rules.FALSE_KEY, said, hint, path)


def check_choices(question: Question, faults: Faults) -> None:
    """Report choices of which none is right, several are, or two are the same."""
    if not question.choices:
        return
    right = [value for value in question.choices if is_right(question, value)]
    message = ""
    if not right:
        message = f"none of its choices is right: {question.right_shown}"
    elif len(right) > 1:
        message = f"{len(right)} of its choices are right, and one is to be chosen"
    elif len(set(question.choices)) < len(question.choices):
        message = "two of its choices are the same"
    if message:
        hint = f"give {question.right_shown} once, and others that are wrong"
        path = (*question.path, "choices")
        faults.add(rules.WRONG_ASSIGNMENT_VALUE, f"{quote(question.id)}: {message}", hint, path)
