"""Which terms of a total are right, and which go on from the student's own answers.

8x8x3, 4 filters of 3x3: 6x6x4, 3*3*3*4 + 4 = 112 parameters, 6*6*4*27 = 3,888 MACs; 2 filters of
3x3: 4x4x2, 3*3*4*2 + 2 = 74 and 4*4*2*36 = 1,152; 5 units on 4*4*2 = 32 values: 165 and 160. On
5x5x2 these have 5*5*2*5 + 5 = 255.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 5}],
}


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, "questions": list(answers)} | more)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            {"conv1.parameters": 100, "total.parameters": "100 + 71 + 165 = 336"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "conv2.parameters": 70,
                "total.parameters": "100 + 70 + 63 = 233",
            },
            "Of its terms, those of conv1 and conv2 are your answers to questions 1 and 2; that of"
            " dense1 is not right.",
        ),
        (
            {"conv2.output": "5x5x2", "total.parameters": "112 + 71 + 255 = 438"},
            "1 of 3 terms is right, and that of dense1 follows from your answer to question 1; that"
            " of conv2 is not right.",
        ),
        (
            {
                "conv2.output": "5x5x2",
                "conv1.parameters": 100,
                "total.parameters": "100 + 71 + 255 = 426",
            },
            "Of its terms, that of conv1 is your answer to question 2, and that of dense1 follows"
            " from your answer to question 1; that of conv2 is not right.",
        ),
        (  # 100 weights and 4 biases
            {"conv1.weights": 100, "total.parameters": "104 + 73 + 165 = 342"},
            "1 of 3 terms is right, and that of conv1 follows from your answer to question 1; that"
            " of conv2 is not right.",
        ),
        (
            {"conv1.macs": 3880, "total.macs": "3,880 + 1,100 + 160 = 5,140"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (  # flatten1 has none
            {"conv1.parameters": 100, "total.parameters": "100 + 71 + 0 + 165 = 336"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "total.parameters": "conv1: 100, conv2: 71, dense1: 165; total 336",
            },
            "Read as 100 + 71 + 165 = 336. 1 of 3 terms is right, and that of conv1 is your answer"
            " to question 1; that of conv2 is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "total.parameters": {"conv1": 100, "conv2": 71, "dense1": 165},
            },
            "Read as 100 + 71 + 165 = 336. 1 of 3 terms is right, and that of conv1 is your answer"
            " to question 1; that of conv2 is not right.",
        ),
        (  # an own answer that stands nowhere in it
            {"conv1.parameters": 100, "total.parameters": "112 + 71 + 165 = 348"},
            "2 of 3 terms are right; that of conv2 is not.",
        ),
    ],
)
@pytest.mark.parametrize("show", ["hint", "always"])
def test_terms_that_are_own_answers_or_follow_from_them_are_told(
    answers: dict[str, Any], told: str, show: str
) -> None:
    mark = last(answers, follow_through=1, show=show)
    assert mark.verdict == "wrong"
    assert mark.feedback.startswith(told)


def test_terms_in_another_order_are_not_told_to_be_a_layers() -> None:
    mark = last({"total.parameters": "165 + 71 + 112 = 348"})
    assert mark.verdict == "wrong"
    assert mark.feedback.startswith("The right answer is 351")


def test_a_total_follows_where_each_of_its_terms_is_right_or_follows() -> None:
    """From 6x6x3 3*3*3*2 + 2 = 56 parameters follow, for which the right 74 stand here."""
    answers = {"conv1.output": "6x6x3", "conv2.output": "5x5x2"}
    mark = last(answers | {"total.parameters": "112 + 74 + 255 = 441"}, follow_through=0.5)
    assert (mark.verdict, mark.points) == ("followed through", 0.5)
    assert mark.feedback.startswith("It follows correctly from your answer 5x5x2 to question 2.")
    for other in ("112 + 75 + 255 = 442", "255 + 74 + 112 = 441", 441):
        assert last(answers | {"total.parameters": other}, follow_through=0.5).verdict == "wrong"
