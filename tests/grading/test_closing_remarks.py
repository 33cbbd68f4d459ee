"""A remark behind an answer and its working leaves both as they are."""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# 5 + (3-1) + (3-1) = 9; 32 - 4 - 2 - 2 = 24; 5*5*3*4 + 4 = 304
SPEC = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 4, "F": 5}},
        {"conv": {"K": 4, "F": 3}},
        {"conv": {"K": 4, "F": 3}},
        {"max_pool": 2},
    ],
}
FIELD, COUNT, WIDTH = "conv3.receptive_field", "conv1.parameters", "conv1.output.width"
POOLS = "(the pools do not count, they have no weights)"


def verdict(ask: str, answer: str) -> str:
    assignment = read_assignment({"spec": SPEC, "questions": [ask]})
    return Marker(assignment).mark("one", {ask: answer}).marks[0].verdict


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (FIELD, f"9x9, 5 + 2 + 2 {POOLS}"),
        (FIELD, f"9, 5 + 2 + 2 {POOLS}"),
        (FIELD, "9x9, 5 + 2 + 2, the pools do not count"),
        (COUNT, f"304, 5*5*3*4 + 4 {POOLS}"),
        (COUNT, "304, 300 + 4 (not counting the input)"),
        ("conv3.output", f"24x24x4, 32 - 4 - 2 - 2 {POOLS}"),
        (WIDTH, "28, 32 - 5 + 1 (no padding, the stride is not used)"),
        ("P(conv1)", "0, 32 - 5 + 2P + 1 = 28 (no padding, it is not same)"),
    ],
)
def test_a_remark_behind_a_value_and_its_working_is_none_of_these(ask: str, answer: str) -> None:
    assert verdict(ask, answer) == "right"


@pytest.mark.parametrize("answer", ["9, 5 + 2 + 2", "9: 5 + 2 + 2", "9; 5 + 2 + 2"])
def test_one_size_of_a_square_field_may_stand_in_front_of_its_working(answer: str) -> None:
    assert verdict(FIELD, answer) == "right"


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (FIELD, "9x9, 5 + 2 + 2 (no, wrong)"),
        (FIELD, "9, 5 + 2 + 3"),
        (FIELD, "8, 5 + 2 + 2"),
        (COUNT, f"304, 5*5*3*4 {POOLS}"),
        (COUNT, "304, 5*5*3*4 + 4 (then halved)"),
        (WIDTH, "28, 32 - 5 + 1 (maybe not)"),
    ],
)
def test_what_is_taken_back_or_does_not_come_to_it_waits(ask: str, answer: str) -> None:
    assert verdict(ask, answer) == "needs a look"


def test_that_a_size_was_rounded_is_no_remark() -> None:
    """21/2 -> 10, (10 - 3)/2 = 3.5 -> 3: the + 1 was forgotten, and the answer is read."""
    spec = {
        "input": "21x21x24",
        "layers": [{"max_pool": 2}, {"conv": {"K": 32, "F": 3, "S": 2}}],
        "rounding": "floor",
    }
    assignment = read_assignment({"spec": spec, "questions": ["conv1.output"]})
    assert assignment.usable, assignment.diagnostics
    answer = "3x3x32, the pool gives 10x10 (21/2 rounded down), then (10-3)/2 = 3.5, rounded down"
    mark = Marker(assignment).mark("one", {"conv1.output": answer}).marks[0]
    assert (mark.verdict, mark.misconception) == ("wrong", "forgot_plus_one")
