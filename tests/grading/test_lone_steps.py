"""A step without the old value is told from a bias of 0, which gives the same number, by a working.

x = 2 and w = 1.5, 0.7 give 3, 1.4 without the biases 1.25, -0.55, and 4.25, 0.85 with them. Half of
the squared error to 1, 2 has the gradient 2, -0.6 without, so that 0.1 of it is taken off 0.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.lone_steps import rates_of_lone_steps
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

X, WEIGHT, BIAS, TARGET = 2, [1.5, 0.7], [1.25, -0.55], [1, 2]
SPEC: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 2}],
    "example": {
        "given": {"input": [X], "dense1.weight": [[w] for w in WEIGHT], "dense1.bias": BIAS},
        "loss": {"half_squared_error": TARGET},
        "rate": 0.1,
    },
}
VALUE, GRADIENT, NEXT = "dense1.value", "dense1.grad", "dense1.bias.next"
STEP = "[-0.2, 0.06]"


def last_mark(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last one of a student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, **more, "questions": list(answers)})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("Ada", answers).marks[-1]


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    value = X * np.array(WEIGHT)
    assert np.allclose(value, [3, 1.4])
    assert np.allclose(-0.1 * (value - TARGET), [-0.2, 0.06])
    assert np.allclose(BIAS - 0.1 * (value + BIAS - TARGET), [0.925, -0.435])


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    "earlier", [{VALUE: "[3, 1.4]", GRADIENT: "[2, -0.6]"}, {VALUE: "[3, 1.4]"}]
)
@pytest.mark.parametrize(
    ("working", "alone"),
    [
        (" = -0.1 * grad", True),
        (", lr * grad", True),
        ("   step = -rate*db", True),
        (" = -0.1*(2), -0.1*(-0.6)", True),
        (" = gradient * 0.1", True),
        ("", False),
        (" = 0 - 0.1*grad", False),
        (" = b - 0.1*grad", False),
        (" = 0.2 * grad", False),
    ],
)
def test_the_step_alone_is_certain_where_the_working_shows_it(
    earlier: dict[str, str], working: str, alone: bool
) -> None:
    mark = last_mark({**earlier, NEXT: f"{STEP}{working}"}, partial={"bias_not_added": 0.5})
    if alone:
        assert (mark.misconception, mark.perhaps, mark.points) == ("step_alone", False, 0)
        assert "The step alone was given; it goes on from the old value." in mark.feedback
        assert "Otherwise it follows from your answer " in mark.feedback
    else:
        assert mark.misconception == "bias_not_added or step_alone"
        assert (mark.perhaps, mark.points) == (True, 0.5)
        either = "Perhaps the bias of dense1 was not added, or the step alone was given."
        assert either in mark.feedback


@pytest.mark.parametrize(("working", "perhaps"), [("", False), (" = -0.1 * grad", True)])
def test_a_bias_that_was_not_added_is_not_certain_beside_a_lone_step(
    working: str, perhaps: bool
) -> None:
    """From the right gradient 3.25, -1.15 the step alone is another one."""
    mark = last_mark({NEXT: f"{STEP}{working}"})
    assert (mark.misconception, mark.perhaps) == ("bias_not_added", perhaps)
    other = last_mark({NEXT: "[-0.325, 0.115]"})
    assert (other.misconception, other.perhaps) == ("step_alone", False)


def test_the_step_alone_is_told_behind_an_own_gradient() -> None:
    """0.1 of an own gradient, 1.7 and -0.9; of a bias of 0 the same is left."""
    own, step = {GRADIENT: "[1.7, -0.9]"}, "[-0.17, 0.09]"
    unknown = last_mark({**own, NEXT: step})
    assert (unknown.misconception, unknown.perhaps) == ("bias_not_added or step_alone", True)
    for earlier in (own, {VALUE: "[4.25, 0.85]", **own}):
        shown = last_mark({**earlier, NEXT: f"{step} = -0.1*dL/db"})
        assert (shown.misconception, shown.perhaps) == ("step_alone", False)


def test_of_a_gradient_that_hangs_on_no_bias_neither_is_certain() -> None:
    """0.1 of the upstream gradient 3.25, -1.15, whatever the values are."""
    given = SPEC["example"]["given"]
    example = {"given": given, "upstream": {"dense1": [3.25, -1.15]}, "rate": 0.1}
    spec = {**SPEC, "example": example}
    for working, name in (("", "bias_not_added or step_alone"), (" = -0.1*grad", "step_alone")):
        mark = last_mark({NEXT: f"[-0.325, 0.115]{working}"}, spec=spec)
        assert (mark.misconception, mark.perhaps) == (name, not working)


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("(0.099, -0.099) = -0.1 * grad", [0.1]),
        ("lr * grad", [None]),
        ("- alpha * dL/db", [None]),
        ("just lr * gradient of b", [None]),
        ("step = -0.1*[-0.993, 0.993]", [0.1]),
        ("(-0.1)*grad", [0.1]),
        ("-0.1 * (-0.76*5.5) = 0.418", [0.1]),
        ("0.4 - 0.1 * (-0.76*5.5)", []),
        ("0.5*0.1 = 0.05", [0.5, 0.1]),  # either may be the rate
        ("the answer\n-lr*db", [None]),
        ("b - 0.1*grad", []),
        ("W-lr*dW", []),
        ("1 - 0.1*0.731", []),
        ("0 - 0.1*(-0.993)", []),
        ("[1, -3] - 0.1*grad", []),
        ("b + (-0.1*grad)", []),
        ("b minus lr*dW", []),
        ("0.1*0.5*3", []),
    ],
)
def test_a_step_stands_alone_where_nothing_is_in_front_of_it(
    text: str, rates: list[float | None]
) -> None:
    assert [*rates_of_lone_steps(text)] == rates


@pytest.mark.parametrize("part", ["-", "lr ", "0.1*", "[1,", "0.1*[1,", "(-", "0.1*d", "=0.1 "])
def test_steps_are_looked_for_in_bounded_time(part: str) -> None:
    start = process_time()
    assert len([*rates_of_lone_steps(part * (1000 // len(part)))]) < 10
    assert process_time() - start < 2
