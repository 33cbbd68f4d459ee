"""Which working of a layer's FLOPs is that of its multiply-accumulates."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

# 6x5x20 behind 12x10x40: 600 positions and filters with 2*2*40 = 160 values each, 96,000 MACs
SQUEEZE = {"input": "12x10x40", "layers": [{"conv": {"K": 20, "F": 2, "S": 2}}]}
# 5x4x7 behind 7x6x2: 140 with 3*3*2 = 18 values each, 2,520 MACs; twice 140 * 9 is as much
DEPTH_2 = {"input": "7x6x2", "layers": [{"conv": {"K": 7, "F": 3}}]}
MACS = "a multiply-accumulate was counted as one operation"
NOT_SQUARED = "the size of the filter was not squared"


def told(spec: dict[str, Any], answer: str) -> tuple[str, float]:
    """Return what is told of an answer to the FLOPs, and its points of 1."""
    asked = {"spec": spec, "questions": ["conv1.flops"], "partial": {"macs_for_flops": 0.5}}
    (found,) = mark({**asked, "show": "always"}, {"conv1.flops": answer}).marks
    return found.feedback.lower(), found.points


@pytest.mark.parametrize(
    "working", ["6*5*20 * 2*2*40", "2*2*40 * 20 * 6*5", "(6*5*20) * (2*2*40)", "600*160"]
)
def test_two_sizes_of_2_beside_each_other_are_a_squared_filter(working: str) -> None:
    feedback, points = told(SQUEEZE, f"{working} = 96000")
    assert MACS in feedback
    assert "perhaps" not in feedback
    assert points == 0.5


@pytest.mark.parametrize("working", ["2*(6*5*20 * 2*40)", "2*(2*40*20)*6*5", "(6*5*20*2*40)*2"])
def test_two_operations_in_front_of_the_rest_are_no_side_of_a_filter(working: str) -> None:
    feedback, points = told(SQUEEZE, f"{working} = 96000")
    assert NOT_SQUARED in feedback
    assert points == 0


@pytest.mark.parametrize("working", ["2*6*5*20*2*40", "6*5*20*2*40*2"])
def test_factors_that_are_both_s_make_neither_certain(working: str) -> None:
    """Twice 2*40*20 is also twice 2*2*20*20, with the depth of the output for that of the input."""
    feedback, points = told(SQUEEZE, f"{working} = 96000")
    assert MACS not in feedback
    assert points == 0


@pytest.mark.parametrize("answer", ["5*4*7 * 3*3*2 = 2520", "2 * 5*4*7 * 3*3 = 2520"])
def test_a_depth_of_2_may_be_the_two_operations(answer: str) -> None:
    feedback, points = told(DEPTH_2, answer)
    assert "perhaps a multiply" in feedback or "perhaps the depth" in feedback
    assert MACS in feedback
    assert points == 0.5


def test_it_is_the_same_behind_an_own_volume() -> None:
    """600 positions and filters with 2*2*24 = 96 values each: 57,600 MACs of an own depth of 24."""
    deep = {"conv": {"name": "deep", "K": 40, "F": 3, "P": 1}}
    spec = {"input": "12x10x3", "layers": [deep, *SQUEEZE["layers"]]}
    asked = {"spec": spec, "questions": ["deep.output", "conv2.flops"], "show": "always"}
    answers = {"deep.output": "12x10x24", "conv2.flops": "6*5*20 * 2*2*24 = 57600"}
    partial = {"macs_for_flops": 0.5}
    found = mark({**asked, "partial": partial, "follow_through": 0.8}, answers).marks[1]
    assert (found.misconception, found.perhaps, found.points) == ("macs_for_flops", False, 0.4)
