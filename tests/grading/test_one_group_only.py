"""One group of a convolution with groups counted for all of them.

64 filters of 5x5 on depth 64 in 4 groups, each of 16 filters on depth 16: 16*16*25 = 6,400 weights
and 16 biases a group, in all 25,600 + 64 = 25,664, and 15*20*25,600 = 7,680,000 MACs.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

CONV = {"K": 64, "F": 5, "P": 2, "groups": 4}


def marked(ask: str, answer: Any, *layers: Any, **more: Any) -> Mark:
    spec = {"input": "15x20x64", "layers": list(layers) or [{"conv": CONV}]}
    (one,) = mark({"spec": spec, "questions": [ask], **more}, {ask: answer}).marks
    return one


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.parameters", 6416),
        ("conv1.parameters", "16*16*25 + 16 = 6416"),
        ("conv1.parameters", 6464),
        ("conv1.parameters", "16*16*25 + 64 = 6464"),
        ("conv1.weights", 6400),
        ("conv1.macs", 1_920_000),
        ("conv1.flops", "2*15*20*16*16*25 = 3840000"),
        ("total.parameters", 6416),
    ],
)
def test_one_group_for_all_is_named(ask: str, answer: Any) -> None:
    one = marked(ask, answer, partial={"one_group_only": 0.5})
    assert (one.misconception, one.perhaps, one.points) == ("one_group_only", False, 0.5)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (6416, "The filters of only one group were counted: 5*5*16*16 + 16 = 6,416; each group"),
        (6464, "The weights of only one group were counted: 5*5*16*16 + 64 = 6,464; each group"),
    ],
)
def test_it_is_told_what_was_counted(answer: int, told: str) -> None:
    assert marked("conv1.parameters", answer).feedback.startswith(f"{told} has its own.")


def test_a_slice_with_several_filters_is_a_group() -> None:
    """3*3*64*4 + 256 = 2,560; of one slice 36 + 4, or 36 and all 256."""
    layer = {"depthwise_conv": {"F": 3, "multiplier": 4}}
    for answer in ("9*4 + 4 = 40", "9*4 + 256 = 292", 292):
        one = marked("depthwise_conv1.parameters", answer, layer)
        assert one.misconception == "one_group_only"
        assert "of only one slice were counted" in one.feedback


def test_the_one_filter_of_a_slice_has_the_name_that_one_filter_has() -> None:
    """3*3 + 1 for 3*3*64 + 64, and 9 + 64 where the brackets are left out."""
    layer = {"depthwise_conv": {"F": 3}}
    asked = "depthwise_conv1.parameters"
    assert marked(asked, "3*3 + 1 = 10", layer).misconception == "forgot_filters"
    assert marked(asked, "3*3 + 64 = 73", layer).misconception == "brackets_left_out"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (5_184_000, "macs_for_flops"),
        ("15*20*60*32*9 = 5184000", "macs_for_flops"),
        ("2*15*20*30*32*9 = 5184000", "one_group_only"),
    ],
)
def test_half_the_operations_are_one_group_of_two_only_if_that_is_shown(
    answer: Any, name: str
) -> None:
    """60 filters of 3x3 on 64/2 slices: 15*20*60*32*9 = 5,184,000 MACs."""
    layer = {"conv": {"K": 60, "F": 3, "P": 1, "groups": 2}}
    assert marked("conv1.flops", answer, layer).misconception == name


def test_without_its_biases_it_is_two_mistakes() -> None:
    assert marked("conv1.parameters", 6400).misconception == "forgot_bias, one_group_only"
