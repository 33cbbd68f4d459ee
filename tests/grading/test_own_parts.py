"""Two mistakes behind a count of which an own answer to a part of it has one.

32x32x3, 8 filters of 5x5: 28x28x8; 5*5*3*8 = 600 weights, 8 biases, 608 parameters and 28*28*600 =
470,400 MACs. Without the depth there are 5*5*8 = 200 weights, and 28*28*200 = 156,800 MACs.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC = {"input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 5}}]}
EACH = ("forgot_depth", "forgot_bias", "flops_for_macs")
WEIGHTS, PARAMETERS, MACS = (f"conv1.{key}" for key in ("weights", "parameters", "macs"))


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers, with half the points for a mistake."""
    keys = {"spec": SPEC, "questions": [*answers], "partial": dict.fromkeys(EACH, 0.5)}
    assignment = read_assignment({**keys, "follow_through": 1.0, **more})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "name", "told"),
    [
        (
            {WEIGHTS: 200, PARAMETERS: 200},
            "forgot_bias",
            "The biases were forgotten: with your answer 200 to question 1, 5*5*8 = 200. An answer",
        ),
        (
            {WEIGHTS: 200, MACS: 313_600},
            "flops_for_macs",
            "A multiply-accumulate was counted as two operations: with your answer 200 to question"
            " 1, 28*28 * 5*5*8 = 156,800; so 313,600; it is one MAC.",
        ),
    ],
)
def test_the_mistake_of_an_own_part_is_not_paid_for_again(
    answers: dict[str, int], name: str, told: str
) -> None:
    mark = last(answers)
    assert (mark.misconception, mark.perhaps, mark.points) == (name, False, 0.5)
    assert mark.feedback.startswith(told)


def test_what_follows_from_an_own_part_has_its_share_of_the_points() -> None:
    """0.5 for the new mistake, and 80 % of these."""
    assert last({WEIGHTS: 200, PARAMETERS: 200}, follow_through=0.8).points == 0.4


@pytest.mark.parametrize(
    ("answers", "more"),
    [
        ({PARAMETERS: 200}, {}),
        ({WEIGHTS: 600, PARAMETERS: 200}, {}),
        ({WEIGHTS: 201, PARAMETERS: 200}, {}),  # from which they do not go on
        ({WEIGHTS: 200, PARAMETERS: 200}, {"follow_through": 0.4}),  # 0.2 is less than 0.25
    ],
)
def test_two_mistakes_are_told_and_paid_as_two_otherwise(
    answers: dict[str, int], more: dict[str, Any]
) -> None:
    mark = last(answers, **more)
    assert (mark.misconception, mark.points) == ("forgot_depth_and_bias", 0.25)
    assert mark.feedback.startswith("The depth of the filters and the biases were forgotten: 5*5*8")
