"""The depth of filters forgotten in all of a total: a dense layer has all of its inputs.

4 filters of 3x3x3 and 5 of 3x3x4 behind them leave 4x4x5 for six units: 112 + 185 + 486 = 783. One
slice each has 9*4 + 4 = 40 and 9*5 + 5 = 50, with the units 576, and without biases 36 + 45 + 480.
"""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC = {
    "input": "8x8x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 5, "F": 3}}, "flatten", {"dense": 6}],
}
CREDIT = {"forgot_depth": 0.25, "forgot_bias": 0.5}
TOTAL = "total.parameters"


def last(answers: dict[str, str]) -> Mark:
    """Return the mark of the last one of a student's answers."""
    keys = {"spec": SPEC, "questions": [*answers], "partial": CREDIT, "follow_through": 1}
    return Marker(read_assignment(keys)).mark("Ada", answers).marks[-1]


@pytest.mark.parametrize(
    ("total", "names", "points"),
    [
        ("576", {"forgot_depth"}, 0.25),
        ("40 + 50 + 486 = 576", {"forgot_depth"}, 0.25),
        ("561", {"forgot_depth", "forgot_bias"}, 0.125),
        ("36 + 45 + 480 = 561", {"forgot_depth", "forgot_bias"}, 0.125),
        ("783", {None}, 1),
    ],
)
def test_it_is_one_mistake_of_all_filters(
    total: str, names: set[str | None], points: float
) -> None:
    mark = last({TOTAL: total})
    told = mark.misconception.split(", ") if mark.misconception else [None]
    assert ({*told}, mark.points) == (names, points)


def test_own_counts_with_the_same_mistakes_are_no_others() -> None:
    """An own count without both, of which the dense layer lacks its biases alone."""
    answers = {"conv2.parameters": "45", TOTAL: "36 + 45 + 480 = 561"}
    mark = last(answers)
    assert mark.misconception == "forgot_bias, forgot_depth"
    assert mark.points == 0.125
