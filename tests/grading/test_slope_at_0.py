"""A ReLU's slope where its input is exactly 0, which is taken as 0."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

TOLD = (
    "he gradient was let through where the input of a ReLU is 0; at 0 the slope of ReLU is taken"
    " as 0"
)
DENSE = {"dense": {"bias": False, "units": 3}}
# 2 - 2 = 0, 1 + 2 = 3 and -1 become 0, 3 and 0, and these -4.5, which is 1 too much: 2.5, -1.5 and
# 4 come back.
UNITS: dict[str, Any] = {
    "input": 2,
    "layers": [DENSE, "relu", {"dense": {"bias": False, "units": 1}}],
    "example": {
        "given": {
            "input": [1, 2],
            "dense1.weight": [[2, -1], [1, 1], [-1, 0]],
            "dense2.weight": [[2.5, -1.5, 4]],
        },
        "loss": {"half_squared_error": [-5.5]},
        "rate": 0.1,
    },
}


def marked(spec: Any, answers: dict[str, Any], **more: Any) -> list[Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return [*Marker(assignment).mark("one", answers).marks]


@pytest.mark.parametrize(
    ("ask", "right", "answer"),
    [
        ("dense1.grad", [0, -1.5, 0], [2.5, -1.5, 0]),
        ("dense1.weight.grad", [[0, 0], [-1.5, -3], [0, 0]], [[2.5, 5], [-1.5, -3], [0, 0]]),
        # less 0.1 times that
        (
            "dense1.weight.next",
            [[2, -1], [1.15, 1.3], [-1, 0]],
            [[1.75, -1.5], [1.15, 1.3], [-1, 0]],
        ),
    ],
)
def test_a_gradient_that_was_let_through_at_0(ask: str, right: Any, answer: Any) -> None:
    (mark,) = marked(UNITS, {ask: right})
    assert mark.verdict == "right"
    (mark,) = marked(UNITS, {ask: answer})
    assert (mark.verdict, mark.misconception) == ("wrong", "slope_at_0")
    assert TOLD in mark.feedback


def test_what_is_let_through_where_it_is_negative_is_another_mistake() -> None:
    (mark,) = marked(UNITS, {"dense1.weight.grad": [[2.5, 5], [-1.5, -3], [4, 8]]})
    assert mark.misconception == "slope_forgotten"
    (mark,) = marked(UNITS, {"dense1.weight.grad": [[0, 0], [-1.5, -3], [4, 8]]})
    assert mark.misconception is None


def test_where_no_value_is_negative_the_slope_was_forgotten() -> None:
    """-1*2 + 2 = 0 and 3, behind which 2.5 and -1.5 come back."""
    example = {
        "given": {"input": [2, 2], "dense1.weight": [[-1, 1], [1, 0.5]]},
        "upstream": {"relu1": [2.5, -1.5]},
    }
    layers = [{"dense": {"bias": False, "units": 2}}, "relu"]
    spec = {"input": 2, "layers": layers, "example": example}
    (mark,) = marked(spec, {"dense1.weight.grad": [[5, 5], [-3, -3]]})
    assert (mark.misconception, mark.perhaps) == ("slope_forgotten", False)
    assert "no gradient comes back where its input was 0 or negative" in mark.feedback


# 0, 2 and -1 go into the first ReLU, 3*0 + 0*2 = 0, 4*0 + 2 = 2 and -2 into the second.
TWICE: dict[str, Any] = {
    "input": 1,
    "layers": [DENSE, "relu", DENSE, "relu"],
    "example": {
        "given": {
            "input": [1],
            "dense1.weight": [[0], [2], [-1]],
            "dense2.weight": [[3, 0, 2], [4, 1, 2], [0, -1, 0]],
        },
        "upstream": {"relu2": [5, 7, 6]},
    },
}


def test_it_is_made_at_each_relu() -> None:
    """5*[3, 0, 2] + 7*[4, 1, 2] = [43, 7, 24] comes back to the first one, of which it stops 24; by
    the convention 7*[4, 1, 2], of which it lets the 7 through.
    """
    (mark,) = marked(TWICE, {"dense1.grad": [0, 7, 0]})
    assert mark.verdict == "right"
    (mark,) = marked(TWICE, {"dense1.grad": [43, 7, 0]})
    assert mark.misconception == "slope_at_0"


def test_it_is_told_of_what_goes_on_from_an_own_gradient() -> None:
    """An own gradient of the second layer goes on: 3*[3, 0, 2] + 7*[4, 1, 2] = [37, 7, 20]."""
    answers = {"dense2.grad": [3, 7, 0], "dense1.grad": [0, 7, 0]}
    _, mark = marked(TWICE, answers, follow_through=0.5)
    assert mark.verdict in ("right", "followed through")
    _, mark = marked(TWICE, {**answers, "dense1.grad": [37, 7, 0]}, follow_through=0.5)
    assert mark.misconception == "slope_at_0"
    assert "Otherwise it follows from your answer [3, 7, 0] to question 1." in mark.feedback
