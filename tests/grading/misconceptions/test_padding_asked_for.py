"""A P that is asked for, given as large as the zeros of both sides.

Who writes W - F + P + 1 finds it, and so does who counts the zeros of both sides: the working tells
which of them it is. 55x55 with F=5 stays 55x55 with P=2, for 55 - 5 + 2*2 + 1 = 55; 32x32 with F=4
S=2 becomes 16x16 with P=1, for (32 - 4 + 2*1)/2 + 1 = 16.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

CONV = {"input": "55x55x3", "layers": [{"conv": {"K": 96, "F": 5, "P": 2}}]}
STRIDED = {"input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 4, "S": 2, "P": 1}}]}
ASK = "P(conv1)"
ONCE, DOUBLED = "padding_once", "padding_doubled"


def marked(spec: dict[str, Any], answers: dict[str, str], **more: Any) -> Mark:
    """Return the mark of the answer about P."""
    assignment = read_assignment(
        {"spec": spec, "questions": list(answers), "show": "always"} | more
    )
    assert assignment.usable, assignment.diagnostics
    marks = Marker(assignment).mark("one", answers).marks
    return next(mark for mark in marks if mark.id == ASK)


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        (CONV, "4, since 55 - 5 + P + 1 = 55"),
        (CONV, "4, since 55 - 5 + 4 + 1 = 55"),
        (CONV, "(55 - 5 + P)/1 + 1 = 55, so P = 4"),
        (CONV, "(55-5+4)/1+1=55 so P=4"),
        (CONV, "4 because W - F + P + 1 = 55"),
        (CONV, "4, since (W-F+P)/S + 1 = 55"),
        (STRIDED, "2, since (32 - 4 + P)/2 + 1 = 16"),
        (STRIDED, "2, since (32-4+2)/2+1 = 16"),
    ],
)
def test_a_working_with_P_once_shows_that_it_was_counted_on_one_side(
    spec: dict[str, Any], answer: str
) -> None:
    mark = marked(spec, {ASK: answer}, partial={ONCE: 0.5})
    assert (mark.misconception, mark.perhaps, mark.points) == (ONCE, False, 0.5)
    assert "The padding P was added on one side only: (" in mark.feedback


def test_it_is_told_with_the_formula_that_has_it_once() -> None:
    mark = marked(CONV, {ASK: "4, since 55 - 5 + P + 1 = 55"})
    told = "P was added on one side only: (55 - 5 + 4)/1 + 1 = 55; it goes on both."
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        (CONV, "55 - 5 + 2P + 1 = 55, so 4"),
        (CONV, "(55 - 5 + 2*2)/1 + 1 = 55, so P = 4"),
        (CONV, "55 - 5 + 2 + 2 + 1 = 55, so P = 4"),
        (STRIDED, "2, since (32-4+2*1)/2+1 = 16"),
        (STRIDED, "2, since (32 - 4 + 2P)/2 + 1 = 16"),
    ],
)
def test_a_working_with_P_twice_shows_that_it_was_not(spec: dict[str, Any], answer: str) -> None:
    mark = marked(spec, {ASK: answer}, partial={ONCE: 0.5})
    assert (mark.misconception, mark.points) == (DOUBLED, 0)


@pytest.mark.parametrize("answer", ["4", "P = F - 1 = 4"])
def test_without_such_a_working_both_are_told(answer: str) -> None:
    mark = marked(CONV, {ASK: answer})
    assert (mark.misconception, mark.perhaps) == (f"{DOUBLED} or {ONCE}", True)
    told = "counted: 2*2 = 4; or the padding P was added on one side only: (55 - 5 + 4)/1 + 1 = 55."
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("answer", "name"), [("4", ONCE), ("55 - 5 + 2P + 1 = 55, so P = 4", DOUBLED)]
)
def test_what_is_done_elsewhere_tells_where_the_working_does_not(answer: str, name: str) -> None:
    """55 - 5 + 2 + 1 = 53 elsewhere."""
    spec = {**CONV, "layers": [*CONV["layers"], {"conv": {"K": 8, "F": 5, "P": 2}}]}
    assert marked(spec, {"conv2.output": "53x53x8", ASK: answer}).misconception == name
