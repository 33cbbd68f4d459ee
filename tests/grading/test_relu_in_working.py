"""A working that takes a ReLU for another activation."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

# -5*0.2 = -1, where a ReLU gives 0
SPEC: dict[str, Any] = {
    "input": "1x1x1",
    "layers": [{"leaky_relu": 0.2}],
    "example": {"given": {"input": [[-5]]}},
}


@pytest.mark.parametrize(
    ("answer", "perhaps"),
    [
        (0, True),
        ("0 (max(0, -5))", False),
        ("max(-5, 0) = 0", False),
        ("0   relu(-5) = 0", False),
        ("0 (leaky relu(-5))", True),
        ("0 (min(0, -5))", True),
    ],
)
def test_a_working_shows_that_a_relu_was_taken(answer: Any, perhaps: bool) -> None:
    assignment = {"spec": SPEC, "questions": ["leaky_relu1.value[0,0,0]"]}
    (found,) = mark(assignment, {"leaky_relu1.value[0,0,0]": answer}).marks
    assert (found.verdict, found.misconception) == ("wrong", "relu_for_leaky")
    assert found.perhaps is perhaps
    assert ("Perhaps" in found.feedback) is perhaps
