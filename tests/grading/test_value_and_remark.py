"""A value, and what stands beside it: its reason, what was given for it, its working, or another
number that is said to be the same.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# 24 - 5 + 2*2 + 1 = 24, 24/2 = 12, 12 - 3 + 1 = 10; 5*5*3*12 + 12 = 912; 10*10*32 = 3,200; a window
# of conv1 has 5*5*3 = 75 values, and there are 24*24 = 576
SIZES: dict[str, Any] = {
    "input": "24x24x3",
    "layers": [
        {"conv": {"K": 12, "F": 5, "P": 2}},
        {"max_pool": 2},
        {"conv": {"K": 32, "F": 3}},
        "flatten",
        {"dense": 10},
    ],
}
# 2*1.5 + 0.5 = 3.5 alone
ALONE: dict[str, Any] = {
    "input": "1",
    "layers": [{"dense": 1}],
    "example": {"given": {"input": [2], "dense1.weight": [[1.5]], "dense1.bias": [0.5]}},
}
# e^2 = 7.389 of 7.389 + 4.482 + 0.607 = 12.478 is 0.592, and 0.592 - 0, 0.359 - 1, 0.049 - 0
THREE: dict[str, Any] = {
    "input": "2",
    "layers": [{"dense": 3}, "softmax"],
    "example": {
        "given": {
            "input": [1, 1],
            "dense1.weight": [[1, 1], [1, 0.5], [0, -0.5]],
            "dense1.bias": [0, 0, 0],
        },
        "loss": {"cross_entropy": 1},
    },
}
ONE, LIST = "dense1.value", "softmax1.value"
FIRST, GRADIENT = "softmax1.value[0]", "dense1.grad"
PAD, WIDTH, COUNT = "P(conv1)", "conv2.output.width", "conv1.parameters"
FILTER, DEPTH, SHAPE = "F(conv1)", "max_pool1.output.depth", "dense1.weight.shape"
ROWS = "conv1.im2col"


def verdict(spec: dict[str, Any], ask: str, answer: str) -> str:
    """Return the verdict on one answer."""
    assignment = read_assignment({"spec": spec, "questions": [ask]})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", {ask: answer}).marks[0].verdict


@pytest.mark.parametrize(
    "behind",
    [
        " because S = 1",
        " - because S = 1",
        ": because b = 0.5",
        " with lr = 0.1",
        ", with W = 4, F = 2",
        " where b = 0.5 and w = 1.5",
        " for x = 2",
    ],
)
@pytest.mark.parametrize(
    ("value", "wanted"),
    [("3.5", "right"), ("[3.5]", "right"), ("[[3.5]]", "right"), ("[2.5]", "wrong")],
)
def test_a_reason_is_no_value(value: str, behind: str, wanted: str) -> None:
    assert verdict(ALONE, ONE, f"{value}{behind}") == wanted


def test_a_value_that_a_reason_ends_with_is_not_the_answer() -> None:
    assert verdict(ALONE, ONE, "2.5 because w = 3.5") == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "0.592 0.359 0.049 2*1 + 0.5 = 2.5",
        "0.592, 0.359, 0.049, 2*1 + 0.5 = 2.5",
        "0.592 0.359 0.049 (1, 2, 3)",
        "0.592 0.359 0.049\n2*1 + 0.5 = 2.5",
    ],
)
def test_a_right_list_in_front_of_another_working_is_for_a_person(answer: str) -> None:
    assert verdict(THREE, LIST, answer) == "needs a look"
    assert verdict(ALONE, ONE, "[3.5] 2*1 + 0.5 = 2.5") == "needs a look"


def test_a_list_with_too_many_values_is_wrong() -> None:
    assert verdict(THREE, LIST, "0.592 0.359 0.049 0.1") == "wrong"


def test_a_dash_in_front_of_a_reason_is_no_minus() -> None:
    assert verdict(THREE, LIST, "0.592 0.359 0.049 - because they sum to 1") == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "7.389/12.478=0.962, rounded",
        "e^2/12.478 = 0.962, rounded",
        "0.962 = 59.2%",
        "59.2% = 0.962",
        "0.592 = 96.2%",
        "0.5 7.389/12.478 = 0.592",
        "0.892 - 7.389/12.478 = 0.592",
    ],
)
def test_of_two_numbers_that_are_said_to_be_the_same_a_person_chooses(answer: str) -> None:
    assert verdict(THREE, FIRST, answer) == "needs a look"


@pytest.mark.parametrize(
    "answer",
    [
        "7.389/12.478 = 0.592",
        "7.389/12.478 = 0.592, rounded",
        "7.389/12.478 = 0.59, rounded",
        "0.592 = 59.2%",
        "59% = 0.59",
        "0.5922 = 0.592 = 0.59",
        "7.389 = e^2, 12.478 = the sum, 7.389/12.478 = 0.592",
        "1 - 0.359 - 0.049 = 0.592",
    ],
)
def test_the_same_number_with_fewer_digits_is_no_other(answer: str) -> None:
    assert verdict(THREE, FIRST, answer) == "right"


@pytest.mark.parametrize(
    ("ask", "answer", "wanted"),
    [
        (PAD, "2 (F-1)/2", "right"),
        (PAD, "2, (F-1)/2", "right"),
        (PAD, "2 by (F - 1)/2 with F = 5", "right"),
        (PAD, "2 (5-1)/2", "right"),
        (PAD, "1 (F-1)/2", "wrong"),
        (WIDTH, "10 (W-F+2P)/S + 1", "right"),
        (WIDTH, "10 (12-3)/1+1", "right"),
        (WIDTH, "9 (12-3)/1", "wrong"),
        (COUNT, "912 (5*5*3+1)*12", "right"),
        (COUNT, "912 K*(F*F*C+1)", "right"),
        (COUNT, "900 (5*5*3)*12", "wrong"),
        (COUNT, "12 F*F*C + 12", "needs a look"),  # perhaps a product
    ],
)
def test_a_blank_parts_a_number_from_its_working(ask: str, answer: str, wanted: str) -> None:
    assert verdict(SIZES, ask, answer) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [("[0.592, -0.641, 0.049]", "right"), ("[0.592, 0.359, 0.049]", "wrong")],
)
def test_how_a_list_was_got_in_words(values: str, wanted: str) -> None:
    assert verdict(THREE, GRADIENT, f"{values} p minus y") == wanted
    assert verdict(THREE, GRADIENT, f"{values} minus y") == "needs a look"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("1) 0.592 2) 0.359 3) 0.049", "right"),
        ("a) 0.592, b) 0.359, c) 0.049", "right"),
        ("1) 0.592 3) 0.359 2) 0.049", "needs a look"),
        ("1) 0.592 2) 0.049 3) 0.359", "wrong"),
    ],
)
def test_items_of_one_line_are_counted(answer: str, wanted: str) -> None:
    assert verdict(THREE, LIST, answer) == wanted


@pytest.mark.parametrize(
    ("ask", "answer", "wanted"),
    [
        (FILTER, "5x5x3", "right"),
        (FILTER, "3x5x5", "right"),
        (FILTER, "5x5x12", "wrong"),
        (FILTER, "kernel size 5", "right"),
        (FILTER, "window 3", "wrong"),
        (DEPTH, "stays 12", "right"),
        (DEPTH, "same as before: 12", "right"),
        (DEPTH, "depth 12", "right"),
        (DEPTH, "depth 3", "wrong"),
        (SHAPE, "(10, 3,200)", "right"),
        (SHAPE, "(10, 3,201)", "wrong"),
        (COUNT, "5*5*3*12 = 900, +12 = 912", "right"),
        (COUNT, "900{,}912", "wrong"),
        (WIDTH, "12-3 = 9, 9/1 = 9, +1 = 10", "right"),
        (WIDTH, "12-3 = 9; /1 = 9; +1 = 11", "wrong"),
        (ROWS, "5*5*3 = 75 rows, 24*24 = 576 columns", "right"),
        (ROWS, "576 columns, 75 rows", "right"),
        (ROWS, "75 columns, 576 rows", "wrong"),
        ("formula(conv1.output.width)", "(W_in - F + 2P)/S + 1", "right"),
        ("formula(conv1.output.width)", "(W_out - F + 2P)/S + 1", "needs a look"),
    ],
)
def test_words_and_signs_that_say_no_more(ask: str, answer: str, wanted: str) -> None:
    assert verdict(SIZES, ask, answer) == wanted
