"""Zeros that are told side by side: 28x28 stays 28x28 under 5x5 with 2 on each side."""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading import mark
from shapecalc.grading.both_sides import of_one_side

SPEC = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5, "P": 2}}]}
ASK = "P(conv1)"


def verdict(answer: str) -> str:
    return mark({"spec": SPEC, "questions": [ASK]}, {ASK: answer}).marks[0].verdict


@pytest.mark.parametrize(
    "answer",
    [
        "2 zeros on the left and 2 on the right, so 4 in total",
        "2 zeros on the left and 2 on the right", "2 on the left, 2 on the right, 4 in total",
        "2 left, 2 right, 2 top, 2 bottom", "2 before and 2 after", "2 at the top, 2 at the bottom",
        "2 pixels on the left side and 2 pixels on the right side = 4 altogether",
        "P = 2 on the left and 2 on the right", "2 on each side, so 4 in total",
        "two zeros on each side, 4 in total", "2 columns to the left and 2 to the right.",
        "two on the left and two on the right", "4/2 = 2 on each side, that makes 4 together",
    ],
)  # fmt: skip
def test_as_many_on_both_sides_are_those_of_one(answer: str) -> None:
    assert verdict(answer) == "right"
    assert verdict(answer.replace("2", "3").replace("two", "three").replace("4", "6")) == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "1 on the left and 2 on the right", "2 on the left and 3 on the right",
        "2 on the left and 2 on the left", "2 on the left and 2 on the bottom",
        "2 on the left and 2 on the right, so 5 in total", "4 in total: 2 left and 2 right",
        "4, two left and two right",
    ],
)  # fmt: skip
def test_other_zeros_are_for_a_person_to_look_at(answer: str) -> None:
    assert verdict(answer) == "needs a look"


def test_what_else_is_told_stays() -> None:
    assert of_one_side("same: 2 left and 2 right here") == "same: 2 on each side here"
    for text in ("2*2 left and 2 right", "the left", "12 outputs", "x" * 1001 + " left"):
        assert of_one_side(text) == text


def test_a_long_text_takes_no_time() -> None:
    start = process_time()
    for text in ("2 left, " * 120, "2 zeros " * 120 + "left", "2 on each side, so " * 50):
        of_one_side(text)
    assert process_time() - start < 2
