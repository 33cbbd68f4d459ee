"""The gradient of what a convolution with several filters takes comes back through all of them."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

WEIGHTS = [[[0.7, -1.3]], [[0.9, 1.7]]]
BACK = [[1.31, -0.42], [0.83, 2.17]]
SUMMED = "sum of weight * gradient of conv1 over the"


def asked(path: str, answer: Any, filters: int = 2, size: int = 2) -> Mark:
    """Return the mark of an answer about a row of 3 under filters of one slice."""
    weights = [[row[:size] for row in one] for one in WEIGHTS[:filters]]
    back = [[*row, 1.5][: 4 - size] for row in BACK[:filters]]
    spec = {
        "input": "3x1",
        "layers": [{"conv": {"K": filters, "F": size, "bias": False}}],
        "example": {
            "given": {"input": [[1, 2, 3]], "conv1.weight": weights},
            "upstream": {"conv1": back},
        },
    }
    read = read_assignment({"spec": spec, "questions": [{"id": "a", "ask": path}]})
    assert read.usable, read.diagnostics
    return Marker(read).mark("Ada", {"a": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        [0.917, -1.997, 0.546],  # 0.7*1.31, -1.3*1.31 + 0.7*(-0.42) and -1.3*(-0.42)
        [0.747, 3.364, 3.689],  # 0.9*0.83, 1.7*0.83 + 0.9*2.17 and 1.7*2.17
    ],
)
def test_all_that_comes_back_through_one_filter(answer: list[float]) -> None:
    mark = asked("input.grad", answer)
    assert (mark.misconception, mark.perhaps) == ("one_filter_gradient", False)
    told = "Only what comes back through one filter was taken; what comes back through all filters"
    assert f"{told} is added." in mark.feedback


@pytest.mark.parametrize("answer", [3.364, "1.7*0.83 + 0.9*2.17 = 3.364"])
def test_one_number_is_left_of_a_sum_in_other_ways_too(answer: Any) -> None:
    mark = asked("input.grad[0,1]", answer)
    assert (mark.misconception, mark.perhaps) == ("one_filter_gradient", True)
    told = "Perhaps only what comes back through one filter was taken: through filter 1 alone it"
    assert f"{told} would be 3.364; what comes back through all filters is added." in mark.feedback


@pytest.mark.parametrize(
    ("filters", "size", "things"),
    [
        (2, 2, "filters and the windows that see it = "),
        (1, 2, "windows that see it = "),
        (2, 1, "filters = "),  # one window alone sees a pixel
    ],
)
def test_the_sum_is_over_the_filters_as_well(filters: int, size: int, things: str) -> None:
    assert f"{SUMMED} {things}" in asked("input.grad[0,1]", 50, filters, size).feedback
