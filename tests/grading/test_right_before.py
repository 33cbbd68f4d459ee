"""What right answers leave of the mistakes on the way to a wrong count, where none has credit."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# (15 - 3)/2 + 1 = 7 and (7 - 3)/2 + 1 = 3, so 3*3*40 = 360; at stride 3 the pool gives 2x2, and so
# it does without the + 1: 2*2*40 = 160, and 160*64 + 64 = 10,304.
POOLED: dict[str, Any] = {
    "input": "15x15x3",
    "layers": [
        {"conv": {"K": 40, "F": 3, "S": 2}}, {"max_pool": {"F": 3, "S": 2}}, "flatten",
        {"dense": 64},
    ],
}  # fmt: skip
BEFORE = {"conv1.output": "7x7x40"}


def last(spec: dict[str, Any], answers: dict[str, Any]) -> Mark:
    assignment = read_assignment({"spec": spec, "questions": [*answers]})
    assert not assignment.diagnostics
    return Marker(assignment).mark("Ada", answers).marks[-1]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("dense1.parameters", 10304),
        ("dense1.weights", 10240),
        ("dense1.macs", 10240),
        ("flatten1.output", 160),
        ("dense1.input", 160),
    ],
)
def test_the_one_mistake_that_right_answers_leave_is_told(path: str, count: int) -> None:
    """Who has 7x7 does not forget the + 1; without that answer either may be meant."""
    mark = last(POOLED, {**BEFORE, path: count})
    assert (mark.misconception, mark.perhaps) == ("pool_stride_from_filter", True)
    assert "Perhaps the stride was taken as F at max_pool1" in mark.feedback
    assert "(7 - 3 + 2*0)/3) + 1 = 2, so 2x2x40" in mark.feedback
    assert last(POOLED, {path: count}).misconception is None


# floor((61 - 5 + 2*1)/2) + 1 = 30, pooled 15, which the activation keeps, and then as above
LATER: dict[str, Any] = {
    "input": "61x61x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"K": 8, "F": 5, "S": 2, "P": 1}}, {"max_pool": 2}, "relu", *POOLED["layers"],
    ],
}  # fmt: skip


def test_one_that_is_as_common_at_a_single_layer_leaves_it_open() -> None:
    """Without the + 1 the second convolution gives 6 and the pool floor(3/2) + 1 = 2, as with F for
    its stride; that the activation keeps 15x15x8 says nothing of either.
    """
    answers = {"relu1.output": "15x15x8", "dense1.parameters": 10304}
    assert last(LATER, answers).misconception is None
