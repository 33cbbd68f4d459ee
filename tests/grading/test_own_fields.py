"""What follows from a student's own P, F, S or K, asked for earlier.

14x14x16; conv 5x5 with P = 2: (14 - 5 + 4)/1 + 1 = 14, pooled by 2: 7; with P = 1: 12 and 6.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC = {
    "input": "16x16x3",
    "layers": [
        {"conv": {"K": 16, "F": 3}},
        {"conv": {"K": 32, "F": 5, "P": 2}},
        {"max_pool": 2},
        "flatten",
        {"dense": 10},
    ],
}


def marked(answers: dict[str, Any]) -> list[Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, "questions": list(answers)})
    assert assignment.usable, assignment.diagnostics
    return list(Marker(assignment).mark("one", answers).marks)


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        ({"P(conv2)": 1, "conv2.output": "12x12x32"}, "your answer 1 to question 1"),
        ({"P(conv2)": 1, "max_pool1.output": "6x6x32"}, "your answer 1 to question 1"),
        ({"P(conv2)": "valid", "max_pool1.output": "5x5x32"}, "your answer valid to question 1"),
        (
            {"F(conv2)": 3, "max_pool1.output": "8x8x32"},
            "your answer 3 to question 1",
        ),  # 14 - 3 + 5
        ({"K(conv2)": 16, "conv2.parameters": 6416}, "your answer 16 to question 1"),  # 400*16 + 16
        ({"K(conv2)": 16, "total.parameters": 14714}, "your answer 16 to question 1"),
        ({"P(conv2)": 1, "dense1.parameters": 11530}, "your answer 1 to question 1"),  # 6*6*32*10
        (  # (20 - 5 + 2)/1 + 1 = 18
            {"conv1.output": "20x20x16", "P(conv2)": 1, "max_pool1.output": "9x9x32"},
            "your answer 20x20x16 to question 1 and your answer 1 to question 2",
        ),
        (  # conv2's own output stands behind its padding
            {"P(conv2)": 1, "conv2.output": "10x10x32", "max_pool1.output": "5x5x32"},
            "your answer 10x10x32 to question 2",
        ),
    ],
)
def test_an_own_field_is_followed(answers: dict[str, Any], source: str) -> None:
    *_, last = marked(answers)
    assert last.verdict == "followed through"
    assert f"It follows correctly from {source}" in last.feedback


def test_a_mistake_behind_an_own_field_is_named_with_it() -> None:
    """(12 - 2)/2 = 5 without the + 1."""
    _, last = marked({"P(conv2)": 1, "max_pool1.output": "5x5x32"})
    assert "The + 1 was forgotten: with your answer 1 to question 1" in last.feedback


@pytest.mark.parametrize(
    "answers",
    [
        {"P(conv2)": 1, "conv2.output": "14x14x32"},  # it went on with the right one
        {"P(conv2)": 1, "conv1.output": "14x14x16"},  # in front of it
        {"P(conv2)": 1, "dense1.parameters": 15690},
    ],
)
def test_what_is_right_all_the_same_is_right(answers: dict[str, Any]) -> None:
    assert marked(answers)[1].verdict == "right"


@pytest.mark.parametrize("value", [0, -1, 10**6, "7x7x7x7", "same", [[1, 2], [3, 4]], 10**30])
@pytest.mark.parametrize("field", ["P", "F", "S", "K", "dilation"])
def test_an_impossible_field_leads_to_nothing(field: str, value: Any) -> None:
    asked = {f"{field}(conv2)": value, "max_pool1.output": "1x2x3", "total.macs": 12345}
    assert all(mark.verdict in ("right", "wrong", "needs a look") for mark in marked(asked)[1:])


def test_a_field_that_changes_nothing_is_no_source() -> None:
    """The biases of 5*5*16*32 + 32 = 12,832 are forgotten, whatever the padding."""
    _, last = marked({"P(conv2)": 1, "conv2.parameters": 12800})
    assert last.misconception == "forgot_bias"
    assert "question 1" not in last.feedback


def test_a_policy_that_is_right_is_told_as_a_number() -> None:
    """(5 - 1)/2 = 2 zeros on each side keep the size."""
    (mark,) = marked({"P(conv2)": "same"})
    assert (mark.verdict, mark.feedback) == ("right", "Right; same is P = 2 here.")
    (plain,) = marked({"P(conv1)": "valid"})
    assert plain.feedback == "Right; valid is P = 0 here."
    assignment = read_assignment({"spec": SPEC, "questions": ["P(conv2)"], "show": "hint"})
    (hinted,) = Marker(assignment).mark("one", {"P(conv2)": "same"}).marks
    assert hinted.feedback == "Right."


def test_a_field_s_working_that_was_worked_out_wrongly_is_a_slip() -> None:
    (mark,) = marked({"P(conv2)": "(5-1)/2 = 3"})
    assert mark.misconception == "arithmetic_slip"
    assert mark.feedback.startswith("Your working is right and gives 2, but its result")
