"""Whether it is told that what stands beside a list was taken for a working. It is not where a list
stands in front of a remark in brackets, `[0.5, -0.5] (p - y)`: that is as plain as a gap.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.bracketed_lists import on_one_line
from shapecalc.grading.leading_values import leading_run
from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.reading import Reading

BESIDE = "what stands beside the list was taken for a working"


def noted(reading: Reading, told: str) -> Reading:
    """Return a way to read an answer with more that is told of it."""
    return reading._replace(note=f"{reading.note}; {told}" if reading.note else told)


def noted_beside(answer: str, ways: Iterable[Reading]) -> list[Reading]:
    """Return ways to read the list of an answer, with what is told of what stands beside it."""
    if _is_in_brackets(answer):
        return [*ways]
    return [noted(way, BESIDE) for way in ways]


def _is_in_brackets(answer: str) -> bool:
    """Say whether all that stands beside the list that begins an answer is one pair of brackets
    behind it.
    """
    text = on_one_line(answer).strip()
    run = leading_run(text)
    if run is None or run.start:
        return False
    behind = text[run.end :].strip(" .")
    depth, closed = 0, 0
    for sign in behind:
        depth += (sign in OPENING) - (sign in CLOSING)
        closed += depth == 0
    return behind.startswith("(") and closed == 1
