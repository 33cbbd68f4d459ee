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
        "-1.2 (0.4*1.5 - 1.2*2 - (-0.5))",
        "-1.2 (0.4*(1.5) + (-1.2)*2 + 0.5)",
        "-1.2 (= 0.6 - 2.4 + 0.5)",
        "-1.2 (= 0.6 - 2.4 + 0.5 = -1.2)",
        "-1.2 [0.6 - (2.4 - 0.5)]",
        "-1.2 (-(1.9 - 0.6)).",
        "-1.2 (0.4*1.5 + -1.2*2 - -0.5)",
        "-1.2 (0.4*1.5 + 1.2*-2 + 0.5)",
    ],
)
@pytest.mark.parametrize("ask", [VALUE, "dense1.value"])
def test_brackets_and_a_sign_of_equality_in_its_working_change_nothing(
    ask: str, answer: str
) -> None:
    assert marked(ask, answer).misconception == "arithmetic_slip"
    right = answer.replace("-1.2 ", "-1.3 ", 1).replace("= -1.2", "= -1.3")
    assert marked(ask, right).verdict == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "0.5931 (= -ln 0.5)",
        "0.5931 (= -ln(0.5))",
        "0.5931 (-ln 0.5 = 0.5931)",
        "0.5931 (loss = -ln 0.5)",
        "The loss is 0.5931 (= -ln 0.5)",
    ],
)
def test_a_logarithm_in_brackets_shows_the_slip_in_a_loss(answer: str) -> None:
    mark = marked("loss", answer)
    assert (mark.verdict, mark.misconception) == ("wrong", "arithmetic_slip")
    assert "Your working is right and gives 0.693147" in mark.feedback
    assert marked("loss", answer.replace("0.5931", "0.6931")).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("0.301 (= -log 0.5)", "loss_base"),  # log10(2) = 0.30103
        ("0.5 (-ln 0.5)", "probability_for_loss"),
    ],
)
def test_what_a_logarithm_shows_is_no_slip(answer: str, cause: str) -> None:
    assert marked("loss", answer).misconception == cause


@pytest.mark.parametrize("answer", ["0.5 (= -ln 0.5)", "-0.6931 (-ln 0.5)"])
def test_a_probability_and_a_dash_in_front_of_a_logarithm_are_for_a_person(answer: str) -> None:
    assert marked("loss", answer).verdict == "needs a look"


def test_a_factor_in_front_of_brackets_in_brackets_is_for_a_person() -> None:
    """-0.5*(3.6 - (0.5 + 0.5)) is -1.3."""
    assert marked(VALUE, "-0.5 (3.6 - (0.5 + 0.5))").verdict == "needs a look"


@pytest.mark.parametrize(
    "answer",
    [
        "-1.2 (0.6 - (2.4 - 0.7))",  # -1.1
        "-1.2 (0.6 - (2.4 - 0.6))",  # comes to it
        "-1.2 (= 0.6 - 2.4)",
    ],
)
def test_a_wrong_value_with_another_working_in_brackets_is_wrong(answer: str) -> None:
    found = marked(VALUE, answer)
    assert (found.verdict, found.misconception) == ("wrong", None)


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
