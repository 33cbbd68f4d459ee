"""Of causes that chance or own numbers leave open, the one with a teacher's credit is told."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark


def marked(spec: dict[str, Any], answers: dict[str, Any], partial: dict[str, float]) -> list[Mark]:
    assignment = read_assignment({"spec": spec, "questions": [*answers], "partial": partial})
    assert not assignment.diagnostics
    return [*Marker(assignment).mark("Ada", answers).marks]


# 13x13 pooled by 3x3 at stride 2 is 6x6, and at stride 3 it is 4x4: 4*4*40*64 + 64 = 41,024
POOLED: dict[str, Any] = {
    "input": "13x13x40",
    "layers": [{"max_pool": {"F": 3, "S": 2}}, "flatten", {"dense": 64}],
}


def test_a_credited_mistake_on_the_way_is_told() -> None:
    (mark,) = marked(POOLED, {"dense1.parameters": 41024}, {"pool_stride_from_filter": 0.5})
    assert (mark.misconception, mark.points) == ("pool_stride_from_filter", 0.5)
    assert "Perhaps the stride was taken as F at max_pool1" in mark.feedback
    (mark,) = marked(POOLED, {"dense1.parameters": 41024}, {"forgot_bias": 0.5})
    assert mark.misconception is None  # of few small maps


# (31 - 3)/2 + 1 = 15, 7, then 3; without the + 1 the last are 6 and 1: 1*1*40*64 + 64 is as much as
# the depth alone gives.
TWO: dict[str, Any] = {
    "input": "31x31x3",
    "layers": [
        {"conv": {"K": 48, "F": 3, "S": 2}}, {"conv": {"K": 40, "F": 3, "S": 2}},
        {"max_pool": {"F": 3, "S": 2}}, "flatten", {"dense": 64},
    ],
    "rounding": "floor",
}  # fmt: skip


def test_a_credited_mistake_goes_before_one_with_own_numbers() -> None:
    answers = {"conv1.output": "15x15x48", "conv2.output": "6x6x40", "dense1.parameters": 2624}
    *_, mark = marked(TWO, answers, {"not_flattened": 0.25})
    assert (mark.misconception, mark.points, mark.perhaps) == ("not_flattened", 0.25, True)
    *_, mark = marked(TWO, answers, {"forgot_bias": 0.5})
    assert mark.points == 0


@pytest.mark.parametrize("first", ["15x15x48", "14x14x48"])  # right, or without the + 1, too
@pytest.mark.parametrize("count", [2624, "40*64 + 64 = 2624"])  # as either would write it
def test_without_credit_neither_is_certain(first: str, count: int | str) -> None:
    """Nothing that other answers say of the + 1 says what somebody counts for a dense layer."""
    answers = {"conv1.output": first, "conv2.output": "6x6x40", "dense1.parameters": count}
    *_, mark = marked(TWO, answers, {})
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one or not_flattened", True)
    told = "Perhaps with your answer 6x6x40 to question 2, the + 1 was forgotten at max_pool1: "
    assert told in mark.feedback
    assert "so 1x1x40; 40*64 + 64 = 2,624; or only the depth was counted: 40*64" in mark.feedback
    *_, mark = marked(TWO, answers, {"forgot_plus_one": 0.5})
    assert (mark.misconception, mark.points) == ("forgot_plus_one", 0.5)
    *_, mark = marked(TWO, answers, {"not_flattened": 0.25})
    assert (mark.misconception, mark.points, mark.source) == ("not_flattened", 0.25, "")


def test_a_gradient_alone_shows_no_map_at_stride_1() -> None:
    """The 3 and the 4 get the 5 and the 7; at stride 1 both would come to the 3."""
    spec = {
        "input": "2x4x1",
        "layers": ["relu", {"max_pool": 2}],
        "example": {
            "given": {"input": [[1, 3, 2, 1], [0, 1, 1, 4]]},
            "upstream": {"max_pool1": [[5, 7]]},
        },
    }
    (mark,) = marked(spec, {"input.grad": [[0, 12, 0, 0], [0, 0, 0, 0]]}, {"stride_ignored": 0.5})
    assert mark.misconception != "stride_ignored"
    assert mark.points == 0
