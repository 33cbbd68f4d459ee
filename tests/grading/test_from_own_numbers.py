"""A wrong answer without a cause: what it would have been from the student's own earlier ones.

9x9x1 gives 7x7x2 with two filters of 3x3, and 5x5x4 with four more; an own 8x8x2 gives 6x6x4, which
is 6*6*4 * 3*3*2 = 2,592 MACs. A unit makes 3*2 = 6 of 2, and its square of an error to 1 is 25; of
an own 5 it is 16.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SIZES = {
    "input": "9x9x1",
    "layers": [{"conv": {"K": 2, "F": 3}}, {"conv": {"K": 4, "F": 3}}],
}
VALUES = {
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {"input": [2], "dense1.weight": [[3]]},
        "loss": {"squared_error": 1},
    },
}


def last(spec: dict[str, Any], answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last one of a student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": [*answers], **more})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("Ada", answers).marks[-1]


@pytest.mark.parametrize(
    ("spec", "answers", "told"),
    [
        (SIZES, {"conv1.output": "8x8x2", "conv2.output": "2x9x4"}, "8x8x2|6x6x4"),
        (SIZES, {"conv1.output": "8x8x2", "conv2.macs": "2117"}, "8x8x2|2,592"),
        (VALUES, {"dense1.value": "5", "loss": "17.31"}, "5|16"),
    ],
)
def test_it_is_told_beside_the_right_answer(
    spec: dict[str, Any], answers: dict[str, Any], told: str
) -> None:
    own, would_be = told.split("|")
    mark = last(spec, answers)
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    sentence = f"From your answer {own} to question 1 it would be {would_be}. The right answer"
    assert sentence in mark.feedback
    assert "From your" not in last(spec, answers, show="hint").feedback


@pytest.mark.parametrize(
    "answers",
    [
        {"conv1.output": "7x7x2", "conv2.output": "2x9x4"},  # nothing else follows
        {"conv1.output": "8x8x2", "conv2.parameters": "91"},  # nor from that
        {"conv2.weights": "70", "conv2.parameters": "91"},  # own weights may be meant
        {"conv1.output": "8x8x2", "total.parameters": "191"},
    ],
)
def test_nothing_is_told_where_nothing_else_follows_for_certain(answers: dict[str, Any]) -> None:
    mark = last(SIZES, answers)
    assert mark.verdict == "wrong"
    assert "it would be" not in mark.feedback


def test_a_mistake_behind_own_values_is_told_at_a_place_where_it_shows() -> None:
    """[1, 5], [4, 2] and [0, 8] give 2, 6 and 1 back to 5, 4 and 8. An own 3 for the 2 sent to both
    as well: the 3 at 5 follows, that at 1 does not.
    """
    spec = {
        "input": "1x6x1",
        "layers": [{"max_pool": {"F": [1, 2], "S": [1, 2]}}],
        "example": {
            "given": {"input": [[[1, 5, 4, 2, 0, 8]]]},
            "upstream": {"max_pool1": [[[2, 6, 1]]]},
        },
    }
    answers = {"max_pool1.grad": "[3, 6, 1]", "input.grad": "[3, 3, 6, 6, 1, 1]"}
    mark = last(spec, answers)
    assert mark.misconception == "pool_gradient_everywhere"
    assert (
        "2 of 6 values are right; the first wrong one is at [0], counted from 0." in mark.feedback
    )
