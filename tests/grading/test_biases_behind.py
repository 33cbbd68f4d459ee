"""Biases that an answer adds behind its weights.

conv1 has 3*3*12 = 108 weights in each of 24 filters: 24*108 = 2,592, and 24 biases, 2,616 together.
conv1 leaves 26x26x24 = 16,224 values, of which dense1 has 2*16,224 = 32,448 weights and 2 biases:
35,040 weights and 26 biases in all, 35,066 together.
"""

from __future__ import annotations

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC = {"input": "28x28x12", "layers": [{"conv": {"K": 24, "F": 3}}, "flatten", {"dense": 2}]}


def marked(ask: str, answer: str) -> Mark:
    return mark({"spec": SPEC, "questions": [ask]}, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "It has 2592 (24*108), plus 24 biases",
        "2592 (24*108), plus 24 biases",
        "2592 (108 x 24) plus 24 biases",
        "2,592 (24*108) + 24 for the bias",
        "There are 2592 weights (24*3*3*12) and 24 biases.",
        "2592, plus 24 biases",
    ],
)
def test_biases_behind_the_working_of_the_weights_are_added(answer: str) -> None:
    found = marked("conv1.parameters", answer)
    assert (found.verdict, found.note) == ("right", "read as 2,592 + 24 = 2,616")


@pytest.mark.parametrize(
    "answer",
    [
        "It has 2592 (24*108), plus a bias per filter",
        "It has 2592 (24*108), and the biases",
        "2592 plus the biases",
        "2592 (24*108), plus bias",
        "2592 (24*108), and then 24 biases",
        "2592 (24*108), and 24 more for the biases",
        "2592 (24*108); biases: 24",
        "2592 (24*108), then add 24",
        "2592 (24*108), plus 24",
        "2592 (24*108) + 24",
        "it's 24*108 = 2592. And 24 biases",
        "It has 24 biases, plus 2592 (24*108)",
        "2592 (24*107), plus 24 biases",
        "216 (24*9), plus the biases",
    ],
)
def test_biases_that_are_named_are_not_forgotten(answer: str) -> None:
    assert marked("conv1.parameters", answer).verdict == "needs a look"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("2592 (24*108)", "forgot_bias"),
        ("2592 (24*108), no biases", "forgot_bias"),
        ("2592 (24*108) without the 24 biases", "forgot_bias"),
        ("2592 weights and biases", "forgot_bias"),
        ("0 biases and 2592 weights", "forgot_bias"),
        ("It has 2592 (24*108), plus 1 bias", "one_bias"),  # 2,593
        ("216 (24*9), plus 24 biases", "forgot_depth"),  # 240
        ("240 (24*9, plus 24 biases)", "forgot_depth"),
    ],
)
def test_other_biases_are_a_mistake(answer: str, cause: str) -> None:
    found = marked("conv1.parameters", answer)
    assert (found.verdict, found.misconception) == ("wrong", cause)


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("conv1.weights", "It has 2592 (24*108), plus 24 biases", "right"),
        ("conv1.biases", "It has 2592 (24*108), plus 24 biases", "needs a look"),
        ("conv1.biases", "2592 plus 25 biases", "wrong"),
        ("total.parameters", "35040 (2592 + 32448), plus 26 biases", "right"),
        ("total.parameters", "35040 = 2592 + 32448, and the biases", "needs a look"),
    ],
)
def test_what_is_asked_for_counts(ask: str, answer: str, verdict: str) -> None:
    assert marked(ask, answer).verdict == verdict


def test_weights_and_biases_of_a_total_are_no_terms_of_its_two_layers() -> None:
    found = marked("total.parameters", "35008 weights and 26 biases")
    read = "Read as 35,008 weights + 26 biases = 35,034. The right answer is 35,066"
    assert found.feedback.startswith(read)
