"""Rows of a matrix that are worked out one by one, with `and` in front of the last."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# The gradient of the weights: 2*[1, 3] and -5*[1, 3]
OUTER: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": {"units": 2, "bias": False}}],
    "example": {
        "given": {"input": [1, 3], "dense1.weight": [[1, 1], [1, 1]]},
        "upstream": {"dense1": [2, -5]},
    },
}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2*[1, 3] = [2, 6] and -5*[1, 3] = [-5, -15]", "right"),
        ("2*[1, 3] = [2, 6], and -5*[1, 3] = [-5, -15].", "right"),
        ("2*[1, 3] = [2, 6] and -5*[1, 3] = [-5, -14]", "wrong"),
        # Which of them is meant is not said.
        ("2*[1, 3] = [2, 6] and not -5*[1, 3] = [-5, -15]", "needs a look"),
        ("2*[1, 3] = [2, 6] and -5*[1, 3] = [-5, -15] or the other way round", "needs a look"),
    ],
)
def test_and_stands_between_two_rows(answer: str, verdict: str) -> None:
    ask = {"id": "a", "ask": "dense1.weight.grad"}
    read = read_assignment({"spec": OUTER, "questions": [ask]})
    assert read.usable, read.diagnostics
    (mark,) = Marker(read).mark("Ada", {"a": answer}).marks
    assert mark.verdict == verdict
