"""A line as it stands in a file that is handed in, `1. 40x40x40`: of a kind that is asked for on
the sheet, and the right answer to nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.values import flat
from shapecalc.grading.written_numbers import Unreadable

NUMBERS = (40, 50, 60, 37)
VALUES = (2.5, 4.5, 7.5)
RANGES = ("rows 20 to 24, columns 30 to 34", "rows 20 to 25, columns 30 to 35")
FORMULAS = ("2*(W + 1)", "3*(W + 2)")
LISTS = ("[1, -2.5, 3]", "[4, 0.5, -6]")


def sample(assignment: Assignment) -> str:
    """Return a line that answers one of the questions, wrongly; empty where all are answered with a
    letter, or yes or no: whoever knows that one of a few is wrong knows too much.
    """
    for number, question in enumerate(assignment.questions, 1):
        for answer in _answers(question):
            if not any(_is_right(other, answer) for other in assignment.questions):
                return f"{number}. {answer}"
    return ""


def _answers(question: Question) -> Iterator[str]:
    """Yield what looks like an answer to a question."""
    query, right = question.query, question.right
    if question.choices or query.form == "truth":
        return
    if query.form == "ranges":
        yield from RANGES
    elif query.form == "formula":
        yield from FORMULAS
    elif query.form == "array" and len(flat(right)) > 1:
        yield from LISTS
    elif query.form == "sizes" and isinstance(right, tuple):
        axes = len(right) - 1 if query.kind == "fitting" else len(right)
        yield from ("x".join([str(number)] * axes) for number in NUMBERS)
    else:
        yield from map(str, VALUES if query.executed else NUMBERS)


def _is_right(question: Question, answer: str) -> bool:
    try:
        return any(is_right(question, way.value) for way in ways_to_read(question, answer))
    except Unreadable:
        return False
