"""A bias that was left out is certain where the working has each sum without it.

1.5*2 + (-1)*4 + 0*1 = -1 and 0*2 + 0.25*4 + 1*1 = 2, and with the biases 2 and -1 both are 1.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": 3,
    "layers": [{"dense": 2}],
    "example": {
        "given": {
            "input": [2, 4, 1],
            "dense1.weight": [[1.5, -1, 0], [0, 0.25, 1]],
            "dense1.bias": [2, -1],
        }
    },
}
# 1*2 + (-1)*1 = 1 and 1*1 + (-1)*2 = -1, and with the bias 1 it is 2 and 0
FILTER: dict[str, Any] = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}],
    "example": {
        "given": {"input": [2, 1, 2], "conv1.weight": [[[1, -1]]], "conv1.bias": [1]},
    },
}


def marked(answer: str, ask: str = "dense1.value", spec: dict[str, Any] = SPEC) -> Mark:
    """Return the mark of an answer."""
    return mark({"spec": spec, "questions": [ask]}, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    "working",
    [
        "1.5*2 - 1*4 = -1, 0.25*4 + 1*1 = 2",
        "1.5*2 + (-1)*4 + 0*1 = -1; 0*2 + 0.25*4 + 1*1 = 2",
        "(1.5*2 - 4 = -1, 0.25*4 + 1 = 2)",
        "1.5*2 - 4 and 0.25*4 + 1",
        "3 - 4 = -1, 1 + 1 = 2",
    ],
)
def test_each_sum_without_its_bias_makes_it_certain(working: str) -> None:
    found = marked(f"[-1, 2] {working}")
    assert (found.misconception, found.perhaps) == ("bias_not_added", False)
    assert "The bias was not added." in found.feedback


@pytest.mark.parametrize(
    "working",
    [
        "",
        "1.5*2 - 1*4 = -1",  # of one value alone
        "1.5*2 - 1*4 = -1, 6/3 = 2",
        "1.5*2 - 1*4 + 2 = -1, 0.25*4 + 1*1 - 1 = 2",  # added, and worked out wrongly
        "1.5*2 - 1*4 = -1, 2*4 - 6*1 = 2",  # of other numbers
    ],
)
def test_other_workings_leave_it_open(working: str) -> None:
    found = marked(f"[-1, 2] {working}")
    assert (found.misconception, found.perhaps) == ("bias_not_added", True)


def test_a_bias_of_0_is_missing_in_no_sum() -> None:
    """The second value, 2 without a bias, is right."""
    given = {**SPEC["example"]["given"], "dense1.bias": [2, 0]}
    spec = {**SPEC, "example": {"given": given}}
    assert marked("[-1, 2] 1.5*2 - 4 = -1", spec=spec).perhaps is False
    assert marked("[-1, 2] 0.25*4 + 1 = 2", spec=spec).perhaps is True


def test_the_sum_of_a_single_value_shows_it_as_well() -> None:
    ask = "dense1.value[1]"
    assert "Perhaps the bias was not added: " in marked("2", ask).feedback
    assert marked("0.25*4 + 1 = 2", ask).feedback.startswith("The bias was not added: ")
    turned = marked("-1*4 + 1.5*2 = -1", "dense1.value[0]")
    assert turned.feedback.startswith("The bias was not added: ")


def test_each_window_of_a_filter_has_its_sum() -> None:
    for working, perhaps in (("2 - 1 = 1, 1 - 2 = -1", False), ("2 - 1 = 1", True)):
        found = marked(f"[[1, -1]] {working}", "conv1.value", FILTER)
        assert (found.misconception, found.perhaps) == ("bias_not_added", perhaps)
