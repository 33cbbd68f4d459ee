"""A convolution behind a bottleneck, counted with filters as deep as what that gets."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark


def conv(name: str, K: int, F: int, **more: Any) -> dict[str, Any]:
    """Return a convolution that keeps the sizes."""
    return {"conv": {"name": name, "K": K, "F": F, "P": F // 2, **more}}


# 27x27: 3 -> 24 -> 8 -> 20 channels; `wide` has 3*3*8*20 = 1,440 weights
SQUEEZED = {
    "input": "27x27x3",
    "layers": [
        conv("stem", 24, 3), "relu", conv("squeeze", 8, 1), "relu", conv("wide", 20, 3),
        conv("back", 24, 3, **{"from": "squeeze"}),
    ],
}  # fmt: skip
# 16x16: 3 -> 24, 8x8: -> 20, 4x4: -> 30 -> 45 -> 10 channels
POOLED = {
    "input": "16x16x3",
    "layers": [
        conv("stem", 24, 3), {"max_pool": 2}, conv("second", 20, 3), "batch_norm", "relu",
        {"max_pool": 2}, conv("third", 30, 3), conv("fourth", 45, 1), conv("last", 10, 3),
        "global_avg_pool", "flatten", {"dense": {"name": "head", "units": 2}},
    ],
}  # fmt: skip
SKIPPED = "The volume of one layer too early was taken, 27x27x24 in front of squeeze: "


def marked(spec: dict[str, Any], answers: dict[str, Any]) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    keys = {"spec": spec, "questions": list(answers), "show": "always"}
    assignment = read_assignment(keys)
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        # 27*27 = 729; 9*24*20 = 4,320; 729*4,320 = 3,149,280
        ("flops", "2*27*27*20*9*24 = 6298560", "2 * 27*27 * 3*3*24*20 = 6,298,560"),
        ("flops", 6_298_560, "2 * 27*27 * 3*3*24*20 = 6,298,560"),
        ("macs", "27*27*20*9*24 = 3149280", "27*27 * 3*3*24*20 = 3,149,280"),
        ("macs", 3_149_280, "27*27 * 3*3*24*20 = 3,149,280"),
        ("parameters", "20*9*24+20 = 4340", "3*3*24*20 + 20 = 4,340"),
        ("parameters", 4340, "3*3*24*20 + 20 = 4,340"),
        ("weights", 4320, "3*3*24*20 = 4,320"),
        ("weight.shape", "20x24x3x3", ""),
    ],
)
def test_filters_as_deep_as_what_the_bottleneck_gets(
    asked: str, answer: str | int, told: str
) -> None:
    path = f"wide.{asked}"
    mark = marked(SQUEEZED, {path: answer})[path]
    assert (mark.misconception, mark.perhaps) == ("volume_too_early", False)
    if told:
        assert mark.feedback.startswith(f"{SKIPPED}{told}; wide comes behind it.")


@pytest.mark.parametrize("answer", [9 * 24 * 30 + 30, "3*3*24*30+30 = 6510"])
def test_layers_that_keep_the_depth_are_passed(answer: str | int) -> None:
    """The sizes are others there, so that it is the depth alone that was taken."""
    mark = marked(POOLED, {"third.parameters": answer})["third.parameters"]
    assert (mark.misconception, mark.perhaps) == ("volume_too_early", False)
    told = "24 in front of second: 3*3*24*30 + 30 = 6,510; third comes behind it."
    assert mark.feedback.startswith(f"The depth of one layer too early was taken, {told}")


@pytest.mark.parametrize(
    ("asked", "answer", "name"),
    [
        ("squeeze.parameters", 3 * 8 + 8, "network_depth"),  # which is the depth in front of stem
        ("back.weights", 9 * 24 * 24, "filters_for_depth"),  # as squeeze gets 24, too
        ("fourth.weights", 45 * 20, None),  # as many as 30 filters of 30
        ("fourth.macs", 4 * 4 * 45 * 20, None),
    ],
)
def test_what_another_mistake_gives_as_well_keeps_its_name(
    asked: str, answer: str | int, name: str | None
) -> None:
    spec = POOLED if asked[0] == "f" else SQUEEZED
    assert marked(spec, {asked: answer})[asked].misconception == name


def test_half_the_depth_may_have_been_pooled() -> None:
    """16 -> 32 channels and a 2x2 pool, behind which 16 may be half of 32: 9*16*20 + 20 = 2,900."""
    layers = [conv("stem", 16, 3), conv("second", 32, 3), {"max_pool": 2}, conv("third", 20, 3)]
    spec = {"input": "16x16x3", "layers": layers}
    mark = marked(spec, {"third.parameters": 2900})["third.parameters"]
    assert mark.misconception != "volume_too_early"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("2*8*8*40*9*8 = 368640", "volume_too_early"),
        ("8*8*40*9*16 = 368640", "macs_for_flops"),
        (368_640, "macs_for_flops"),
    ],
)
def test_half_the_depth_halves_the_operations(answer: str | int, name: str) -> None:
    """8 -> 16 -> 40 channels at 8x8: 2*64*40*9*16 = 737,280 operations are right."""
    layers = [conv("stem", 8, 3), conv("second", 16, 3), conv("third", 40, 3)]
    spec = {"input": "8x8x3", "layers": layers}
    mark = marked(spec, {"third.flops": answer})["third.flops"]
    assert mark.misconception == name


def test_filters_of_the_right_depth_say_nothing_of_a_pool_left_out() -> None:
    """On 4x4x10, in front of global_avg_pool1: 4*4*10*2 + 2 = 322 for 22."""
    answers = {"third.weights": 9 * 20 * 30, "fourth.weights": 30 * 45, "last.weights": 4050}
    for others in ({}, answers):
        mark = marked(POOLED, {**others, "head.parameters": 322})["head.parameters"]
        assert (mark.misconception, mark.perhaps) == ("volume_too_early", False)


def test_as_many_filters_as_the_layer_before_has_may_be_its_answer() -> None:
    """8 -> 16 -> 16 channels: 9*8*16 + 16 = 1,168 for 2,320, which are second's parameters."""
    layers = [conv("stem", 8, 3), conv("second", 16, 3), conv("third", 16, 3)]
    mark = marked({"input": "8x8x5", "layers": layers}, {"third.parameters": 1168})
    assert mark["third.parameters"].misconception == "neighbour"
