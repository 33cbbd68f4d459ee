"""A slip of arithmetic in a value with its working behind it, as in one with its result at the end.

0.4*1.5 - 1.2*2 + 0.5 = 0.6 - 2.4 + 0.5 = -1.3, and -ln 0.5 = 0.6931 of two equal scores.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "2x1",
    "layers": ["flatten", {"dense": 1}, {"dense": 2}, "softmax"],
    "example": {
        "given": {
            "input": [[1.5, 2]],
            "dense1.weight": [[0.4, -1.2]], "dense1.bias": [0.5],
            "dense2.weight": [[1], [1]], "dense2.bias": [0, 0],
        },
        "loss": {"cross_entropy": 1},
    },
}  # fmt: skip
VALUE = "dense1.value[0]"


def marked(ask: str, answer: str) -> Mark:
    assignment = read_assignment({"spec": SPEC, "questions": [{"id": "q1", "ask": ask}]})
    assert not assignment.diagnostics
    (mark,) = Marker(assignment).mark("Ada", {"q1": answer}).marks
    return mark


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (VALUE, "0.6 - 2.4 + 0.5 = -1.2"),
        (VALUE, "-1.2 = 0.6 - 2.4 + 0.5"),
        (VALUE, "-1.2 (0.6 - 2.4 + 0.5 = -1.2)"),
        (VALUE, "-1.2   0.6 - 2.4 + 0.5 = -1.2"),
        (VALUE, "-2.3 (0.6 - 2.4 + 0.5 = -2.3)"),
        (VALUE, "-1.2 (0.6 - 2.4 + 0.5)"),
        ("loss", "0.5931 (-ln(0.5) = 0.5931)"),
        ("loss", "0.5931 = -ln 0.5"),
        ("loss", "0.5931 (-ln 0.5)"),
    ],
)
def test_a_right_working_behind_a_value_shows_its_slip(ask: str, answer: str) -> None:
    mark = marked(ask, answer)
    assert mark.misconception == "arithmetic_slip"
    assert "Your working is right and gives " in mark.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "-1.5 (0.6 - 2.4 + 0.3)",  # comes to it
        "-1.9 (0.6 - 2.4)",  # a part of it
        "-1.2 (0.6 - 2.4 + 0.5 = -1.1)",
    ],
)
def test_no_slip_is_told_where_none_is_shown(answer: str) -> None:
    assert marked(VALUE, answer).misconception != "arithmetic_slip"


@pytest.mark.parametrize(
    "answer", ["-1.3 (0.6 - 2.4 + 0.5)", "-1.3 (0.6 - 2.4 + 0.5 = -1.3)", "-1.3 = 0.6 - 2.4 + 0.5"]
)
def test_a_value_that_its_working_comes_to_is_right(answer: str) -> None:
    assert marked(VALUE, answer).verdict == "right"
