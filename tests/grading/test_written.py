"""How exactly a wrong number is written decides which mistake it can come from."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.written import is_rounded_from, last_digit, may_stand_for


def marked(spec: dict[str, Any], answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize(
    ("number", "worth"), [(2, 1), (2.0, 1), (1.95, 0.01), (-1.9513, 0.0001), (2.5e-7, 1e-8)]
)
def test_what_the_last_digit_is_worth(number: float, worth: float) -> None:
    assert last_digit(number) == pytest.approx(worth)


@pytest.mark.parametrize(
    ("written", "exact", "stands", "rounded"),
    [
        (0.0487, 0.0486959, True, True),
        (0.0486, 0.0486959, True, False),  # cut off
        (0.0487, 0.0480331, False, False),
        (-1.9513, -1.9487, False, False),
        (0.5832, 0.583393, True, False),  # 0.03 % off: its terms were rounded
    ],
)
def test_what_a_number_may_stand_for(
    written: float, exact: float, stands: bool, rounded: bool
) -> None:
    assert may_stand_for([written, None], [exact, 5.0]) is stands
    assert is_rounded_from([written, None], [exact, 5.0]) is rounded


# 0.37*1.3 + 0.25 = 0.731; 2*(0.731 - 1) = -0.538 is the gradient of the bias
LINE: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}],
    "example": {
        "given": {"input": [1.3], "dense1.weight": [[0.37]], "dense1.bias": [0.25]},
        "loss": {"squared_error": [1]},
        "rate": 0.1,
    },
}


def test_a_step_added_without_its_rate_is_two_mistakes() -> None:
    """0.25 - 0.538 = -0.288, where 0.25 - 0.1*(-0.538) = 0.3038 is right."""
    mark = marked(LINE, {"dense1.bias.next": -0.288})["dense1.bias.next"]
    assert mark.misconception == "gradient_added, rate_forgotten"
    assert "the learning rate was left out" in mark.feedback


def test_a_mistake_that_gives_another_last_digit_is_not_named() -> None:
    """0.31*7 + 0.5031 = 2.6731, and 2.17 without the bias; 2.1735 is not that, to four decimals."""
    given = {"input": [7], "dense1.weight": [[0.31]], "dense1.bias": [0.5031]}
    spec = {"input": 1, "layers": [{"dense": 1}], "example": {"given": given}}
    for answer, name in ((2.17, "bias_not_added"), (2.1735, None)):
        (mark,) = marked(spec, {"dense1.value": answer}).values()
        assert mark.misconception == name


# 2.1*1.3 + 0.37 = 3.1, and 0.7*3.1 + 0.51 = 2.68
TWO: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}, {"dense": 1}],
    "example": {
        "given": {
            "input": [1.3],
            "dense1.weight": [[2.1]], "dense1.bias": [0.37],
            "dense2.weight": [[0.7]], "dense2.bias": [0.51],
        },
        "loss": {"squared_error": [1]},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "answer", "told"),
    [
        ("dense2.value", 2.17, "The bias was not added"),  # 0.7*3.1
        ("dense2.value", 2.421, "The bias of dense1 was not added"),  # 0.7*2.73 + 0.51
        ("dense2.value", 1.911, "The biases of dense1 and dense2 were not added"),
        ("dense1.value", 2.73, "The bias was not added"),
        ("dense2.grad", 2.842, "The bias of dense1 was not added"),  # 2*(2.421 - 1)
        ("dense2.grad", 2.34, "The bias of dense2 was not added"),  # 2*(2.17 - 1)
    ],
)
def test_it_is_told_which_bias_was_not_added(ask: str, answer: float, told: str) -> None:
    (mark,) = marked(TWO, {ask: answer}).values()
    assert mark.misconception == "bias_not_added"
    assert told in mark.feedback


def test_a_gradient_of_a_network_without_its_relu_is_told_to_be_one() -> None:
    """-1.3*2 = -2.6 is passed on: 2*(-2.6*0.7 - 1) = -5.64 comes back, times 0.7 = -3.948."""
    given = {"input": [1.3], "dense1.weight": [[-2]], "dense2.weight": [[0.7]]}
    layer = {"dense": {"units": 1, "bias": False}}
    example = {"given": given, "loss": {"squared_error": [1]}}
    spec = {"input": 1, "layers": [layer, "relu", layer], "example": example}
    mark = marked(spec, {"dense1.grad": -3.948})["dense1.grad"]
    assert mark.misconception == "activation_forgotten"
    assert "The gradient was worked out as if relu1 were not there" in mark.feedback


def test_the_activation_that_was_left_out_is_named() -> None:
    """relu1 of (-1, 1.5) is (0, 1.5); softmax of (-1, 1.5) is 1/(1 + e^2.5) = 0.076, and 0.924."""
    given = {"input": [1], "dense1.weight": [[-1], [1.5]], "dense1.bias": [0, 0]}
    spec = {"input": 1, "layers": [{"dense": 2}, "relu", "softmax"], "example": {"given": given}}
    after = marked(spec, {"softmax1.value": [0.076, 0.924]})["softmax1.value"]
    assert after.misconception == "activation_forgotten"
    assert after.feedback.startswith("The activation relu1 was left out")
    own = marked(spec, {"relu1.value": [-1, 1.5]})["relu1.value"]
    assert "the activation was left out" in own.feedback.lower()


@pytest.mark.parametrize(
    ("written", "exact", "decimals", "rounded"),
    [
        (0.13, 0.125, 2, True),  # a half goes up
        (0.12, 0.125, 2, True),  # or to the even digit
        (0.14, 0.125, 2, False),
        (0.125, 0.1251, 2, False),  # written with more than two
        (0.1, 0.14, 2, False),
        (0.1, 0.14, 1, True),
        (3, 2.5, 0, True),
    ],
)
def test_what_is_rounded_to_so_many_decimals(
    written: float, exact: float, decimals: int, rounded: bool
) -> None:
    assert is_rounded_from([written], [exact], decimals) is rounded


HALF = {
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {"given": {"input": [0.5], "dense1.weight": [[0.25]]}},
}


@pytest.mark.parametrize(
    "answer",
    ["0.13", "0.12", "0.5*0.25 = 0.13", "0.5*0.25 = 0.12", "0.5^2/2 = 0.5*0.25 = 0.12",
     "0.5 * 0.25 = 0.1"],
)  # fmt: skip
def test_a_result_that_is_only_rounded_is_no_slip(answer: str) -> None:
    """0.5*0.25 = 0.125, which lies half-way between two numbers of two digits."""
    (mark,) = marked(HALF, {"dense1.value[0]": answer}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    assert mark.feedback.startswith("It is rounded too far: give three digits")


def test_a_result_that_is_not_rounded_is_a_slip() -> None:
    (mark,) = marked(HALF, {"dense1.value[0]": "0.5*0.25 = 0.15"}).values()
    assert mark.misconception == "arithmetic_slip"


@pytest.mark.parametrize("answer", ["24 ÷ 11 + 1 = 3.18", "24 / 11 + 1 = 3.18"])
def test_every_sign_of_a_sum_belongs_to_it(answer: str) -> None:
    """It comes to 3.1818..., and 11 + 1 to 12, which is right here."""
    weight = {"input": [1], "dense1.weight": [[12]]}
    spec = {**HALF, "example": {"given": weight}}
    (mark,) = marked(spec, {"dense1.value[0]": answer}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", None)


def test_a_dot_is_a_sign_of_a_product() -> None:
    """6 + 6 is 12, the right number; 3 times 6 and 6 are 24."""
    spec = {**HALF, "example": {"given": {"input": [1], "dense1.weight": [[12]]}}}
    (mark,) = marked(spec, {"dense1.value[0]": "3 ⋅ 6 + 6 = 24"}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", None)
