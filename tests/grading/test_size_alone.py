"""Strides that are said to fit since the size alone can be divided: (40 - 5)/2 is 17.5."""

from __future__ import annotations

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC = {"input": "40x40x3", "layers": [{"conv": {"K": 8, "F": 5, "S": 2}}]}
TOLD = "The size W alone was divided by S; it is W - F + 2P that S has to divide."


def marked(answer: str, prompt: str = "True or false: the stride fits.") -> Mark:
    asked = {"ask": "fits(conv1)", "id": "a", "prompt": prompt}
    return mark({"spec": SPEC, "questions": [asked]}, {"a": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["True, 40 is divisible by 2", "true since 40/2 = 20", "yes, 40 can be divided by 2",
     "True: 40 mod 2 = 0", "T, 40 % 2 is 0", "yes (40/2)"],
)  # fmt: skip
def test_who_divides_the_size_alone_is_told_what_is_to_be_divided(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, TOLD in found.feedback) == ("wrong", True)


@pytest.mark.parametrize(
    "answer",
    ["True", "True, 36 is divisible by 2", "True, 40 is divisible by 4", "true, (40-4)/2 = 18",
     "True, (40 - 5 + 1)/2 = 18", "yes, 140/2 = 70", "yes, 40/25 is fine"],
)  # fmt: skip
def test_nothing_else_is_said_to_be_that(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, TOLD in found.feedback) == ("wrong", False)


def test_a_right_answer_is_told_nothing_more() -> None:
    assert TOLD not in marked("False, though 40 is divisible by 2").feedback
