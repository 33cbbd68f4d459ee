"""A slip in a step of a working that goes on from it: 24*3*7*7 is 3,528, and 3,552 with 24."""

from __future__ import annotations

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from shapecalc.grading.slipped_steps import slipped_step

SPEC = {"input": "99x99x3", "layers": [{"conv": {"K": 24, "F": 7, "S": 2}}]}
COUNT, MACS = "conv1.parameters", "conv1.macs"
IS_RIGHT = "Your working is right but for a slip: "


def marked(asked: str, answer: str, **settings: str) -> Mark:
    question = {"id": asked, "ask": asked, "partial": {"arithmetic_slip": 0.5}}
    assignment = {"spec": SPEC, "questions": [question], **settings}
    return mark(assignment, {asked: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "24*3*7*7 = 3428, 3428 + 24 = 3452",
        "24*3*7*7 = 3428; 3,428 + 24 = 3,452",
        "24*3*7*7 = 3428\n3428 + 24 = 3452",
        "24*3*7*7 = 3428, + 24 = 3452",
        "24*3*7*7 = 3428 + 24 = 3452",
        "24*3*7*7 + 24 = 3428 + 24 = 3452",
        "3452 (24*3*7*7 = 3428, + 24)",
        "3452 = 3428 + 24, 24*3*7*7 = 3428",
        "3452 because 24*3*7*7 = 3428 and 3428 + 24 = 3452",
        "3452   24*3*7*7 = 3428, + 24",
        "weights: 24*3*7*7 = 3428, biases: 24, total 3452",
        "There are 24*3*7*7 = 3428 weights, so 3428 + 24 = 3452 parameters in total.",
    ],
)
def test_a_step_that_is_gone_on_from_is_named(answer: str) -> None:
    found = marked(COUNT, answer)
    assert (found.verdict, found.points) == ("partly right", 0.5)
    assert found.misconception == "arithmetic_slip"
    assert f"{IS_RIGHT}24*3*7*7 is 3,528, not 3,428." in found.feedback
    assert "bias" not in found.feedback.partition("The right answer")[0]


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        (COUNT, "24*(3*7*7+1) = 24*138 = 3312", "3*7*7+1 is 148, not 138."),
        (COUNT, "3*7*7 = 137 each, 24*137 = 3288, plus 24 = 3312", "3*7*7 is 147, not 137."),
        (COUNT, "7*7*3 = 137 * 24 = 3288 + 24 = 3312", "7*7*3 is 147, not 137."),
        # 2,209 * 24 = 53,016, times 147 it is 7,793,352.
        (MACS, "47*47 = 2309, 2309*24 = 55416, 55416*147 = 8146152", "47*47 is 2,209, not 2,309."),
    ],
)
def test_whichever_step_it_is(asked: str, answer: str, told: str) -> None:
    found = marked(asked, answer)
    assert found.points == 0.5
    assert found.feedback.startswith(IS_RIGHT + told)


def test_what_it_comes_to_is_not_told_where_that_is_hidden() -> None:
    found = marked(COUNT, "24*3*7*7 = 3428, 3428 + 24 = 3452", show="hint")
    assert found.feedback.startswith("Your working is right but for a slip in 24*3*7*7.")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("24*3*7*7 = 3428, 3428 + 1 = 3429", None),  # which would come to 3,529
        ("24*3*7*7 = 3428, 3428 + 24 = 3462", None),  # two slips
        ("24*3*7*7 = 3428 = 3427, 3427 + 25 = 3452", None),
        ("3453 = 3428 + 25, 24*3*7*7 = 3428", None),  # 3,528 is not what it comes to
        ("24*3*7*7 + 24 = 3452", "arithmetic_slip"),  # the last step, as before
        # It was not meant as 24*150 = 3,600, which has a bias for each slice.
        ("24*(3*7*7 + 1) = 24*150 = 3452", None),
        ("3*7*7 = 147 * 24 = 3428", "forgot_bias, arithmetic_slip"),
    ],
)
def test_another_working_is_not_right_but_for_it(answer: str, cause: str | None) -> None:
    found = marked(COUNT, answer)
    assert "but for a slip" not in found.feedback
    assert found.misconception == cause


def test_what_follows_from_an_own_answer_is_so_but_for_the_slip() -> None:
    """45*45 = 2,025 for an own 45x45x24; times 24*147 = 3,528 it is 7,144,200."""
    questions = ["conv1.output", MACS]
    answers = {"conv1.output": "45x45x24", MACS: "45*45 = 2125, 2125 * 3528 = 7497000"}
    found = mark({"spec": SPEC, "questions": questions}, answers).marks[1]
    assert found.feedback.startswith(
        "Your working follows correctly from your answer 45x45x24 to question 1 but for a slip:"
        " 45*45 is 2,025, not 2,125."
    )


@pytest.mark.parametrize(
    "answer",
    [
        "24*3*7*7 = 3428 or 3528, + 24 = 3452",
        "24*3*7*7 = 3428, no, 3528, 3528 + 24 = 3552",
        "99/2 = 49, 49 + 1 = 50",  # rounded down
        "24*3*7*7 = 3428, 47*47*24, 3428 + 24 = 3452",
        "1*1 = 2, 2 + 2 = 4",  # which of the two it goes on from is not known
        "1 + 1 = ², ² + 1 = 3",
        "3552",
        3452,
    ],
)
def test_a_text_that_may_mean_something_else_has_none(answer: object) -> None:
    assert slipped_step(answer) is None
