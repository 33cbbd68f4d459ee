"""One of a few mistakes in what follows from a student's own values, which all give one answer."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# The means of the pooled maps are 18/4 = 4.5 and 3/4 = 0.75, so the scores 2.25 - 0.375 - 1 = 0.875
# and 0.75, and the loss is ln(1 + exp(0.125)) = 0.758.
SPEC: dict[str, Any] = {
    "input": "5x5x1",
    "layers": [
        {"conv": {"K": 2, "F": 2}}, "relu", {"max_pool": 2}, "global_avg_pool", "flatten",
        {"dense": 2}, "softmax",
    ],
    "example": {
        "given": {
            "input": [
                [[1, 0, 2, 1, 0], [0, 1, 1, 0, 2], [2, 0, 0, 1, 1], [1, 1, 2, 0, 0],
                 [0, 2, 1, 1, 3]],
            ],
            "conv1.weight": [[[[1, -1], [0, 2]]], [[[0, 2], [-1, 1]]]],
            "conv1.bias": [0, -3],
            "dense1.weight": [[0.5, -0.5], [0, 1]],
            "dense1.bias": [-1, 0],
        },
        "loss": {"cross_entropy": 1},
        "rate": 0.5,
    },
}  # fmt: skip
OUT, LOSS, BACK, WEIGHTS = "softmax1.value", "loss", "dense1.grad", "dense1.weight.grad"
WEIGHT = f"{WEIGHTS}[0,0]"
# 0.5 and 0.5 - 1 come back from these; with the other sign, or with the class before, -0.5 and 0.5.
HALVES = [0.5, 0.5]
EITHER = "class_from_one or gradient_sign"
TOLD = (
    "Perhaps the classes were counted from 1, or the gradient has the wrong sign. Otherwise it"
    " follows from your answer [0.5, 0.5] to question 1."
)


def last(answers: dict[str, Any]) -> Mark:
    """Return the mark of the last of one student's answers, with half for a wrong sign."""
    partial = {"gradient_sign": 0.5}
    credit = (BACK, WEIGHTS)
    questions = [{"ask": ask, "partial": partial if ask in credit else {}} for ask in answers]
    asked = {"spec": SPEC, "questions": questions, "follow_through": 1}
    return mark(asked, answers).marks[-1]


def test_two_mistakes_that_give_one_answer_are_both_told() -> None:
    """-0.5 and 0.5 times 4.5 and 0.75."""
    found = last({OUT: HALVES, WEIGHTS: [[-2.25, -0.375], [2.25, 0.375]]})
    assert (found.misconception, found.perhaps, found.points) == (EITHER, True, 0.5)
    assert TOLD in found.feedback


def test_one_decimal_of_two_classes_does_not_show_which_of_them() -> None:
    """0.5 is one of few numbers, and -0.5 follows from it: what is credited is told as possible."""
    found = last({OUT: HALVES, BACK: [-0.5, 0.5]})
    assert (found.misconception, found.perhaps, found.points) == ("gradient_sign", True, 0.5)


def test_one_number_of_many_shows_them_as_well() -> None:
    """0.5*4.5 = 2.25"""
    found = last({OUT: HALVES, WEIGHT: -2.25})
    assert (found.misconception, found.perhaps) == (EITHER, True)


@pytest.mark.parametrize(
    "answers",
    [
        {OUT: HALVES, f"{BACK}[0]": -0.5},  # one of few numbers
        # 0.5 - 1 comes back with the right sign, and from class 1.
        {OUT: HALVES, f"{BACK}[1]": -0.5, WEIGHT: -2.25},
    ],
)
def test_none_is_told_where_chance_does_as_well_or_another_answer_speaks_against(
    answers: dict[str, Any],
) -> None:
    assert last(answers).misconception is None


def test_no_two_mistakes_with_right_values_stand_in_the_place_of_one_with_own_ones() -> None:
    """Where the loss is right, class 1 was taken: the sign is wrong, though that is not certain."""
    found = last({OUT: HALVES, LOSS: 0.758, BACK: [-0.5, 0.5]})
    assert (found.misconception, found.perhaps) == ("gradient_sign", True)
    assert "Otherwise it follows from your answer [0.5, 0.5] to question 1." in found.feedback
