"""Mistakes in a receptive field that a formula of sizes has as well, against hand arithmetic."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# 3; 3 + 4 = 7; 7 + 1 = 8; 8 + 4*2 = 16, as 2*(3 - 1) + 1 = 5; 16 + 1*2 = 18; 18 + 3*4 = 30
FIVE = {
    "input": "96x96x3",
    "layers": [
        {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 8, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 8, "F": 3, "dilation": 2}}, {"max_pool": 2},
        {"conv": {"K": 8, "F": 4, "S": 2, "P": 1}},
    ],
}  # fmt: skip
FIELD = "conv4.receptive_field"
# 5; 5 + 1 = 6; 6 + 4*2 = 14. Without the dilation 6 + 2*2 = 10, and without the stride 6 + 4 = 10
TIED = {
    "input": "96x96x3",
    "layers": [
        {"conv": {"K": 8, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 16, "F": 3, "dilation": 2, "P": 2}},
    ],
}  # fmt: skip


def marked(spec: dict[str, Any], answers: dict[str, Any], **partial: float) -> Mark:
    """Mark answers, and return what becomes of the last one."""
    assignment = {"spec": spec, "questions": [*answers], "partial": partial}
    return mark(assignment, answers).marks[-1]


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("1 + 2 + 4 + 1 + 2*2 + 1*2 + 3*4 = 26", "dilation_ignored"),
        ("1+(3-1)+(5-1)+(2-1)+(3-1)*2+(2-1)*2+(4-1)*4 = 26", "dilation_ignored"),
        ("3 -> 7 -> 8 -> 12 -> 14 -> 26", "dilation_ignored"),
        ("14 + 3*4 = 26", "dilation_ignored"),
        ("2+4+1+4*2+1*2+3*4 = 29", "forgot_plus_one"),
        # 3*2 = 6 for the filter of 5: 8 + 5*2 = 18, 20 and 32
        ("1+2+4+1+5*2+1*2+3*4 = 32", "dilation_times_filter"),
        ("3 -> 7 -> 8 -> 18 -> 20 -> 32", "dilation_times_filter"),
        ("3+5+2+3+2+4 = 19", "dilation_ignored, field_summed"),
        ("3+5+2+5+2+4 = 21", "field_summed"),
        # 1 + 2 + 4 + 1 + 2 + 1 + 3, and without the 1
        ("1+2+4+1+2+1+3 = 14", "dilation_ignored, field_stride_ignored"),
        ("2+4+1+2*2+1*2+3*4 = 25", "dilation_ignored, forgot_plus_one"),
    ],
)
def test_a_working_shows_the_mistake_in_a_field(answer: str, names: str) -> None:
    found = marked(FIVE, {FIELD: answer})
    assert (found.verdict, found.misconception, found.perhaps) == ("wrong", names, False)


def test_a_working_shows_strides_that_were_counted_too_early() -> None:
    """1 + 2*2 + 2*4 = 13 for 1 + 2 + 2*2 = 7: the stride of each layer itself was counted."""
    twice = {"input": "15x15x1", "layers": [{"conv": {"K": 4, "F": 3, "S": 2}}] * 2}
    found = marked(twice, {"conv2.receptive_field": "1 + 2*2 + 2*4 = 13"})
    assert (found.misconception, found.perhaps) == ("field_own_stride", False)


def test_a_dilation_left_out_is_paid_in_a_field_as_in_a_size() -> None:
    found = marked(FIVE, {FIELD: 26}, dilation_ignored=0.5)
    assert (found.misconception, found.points) == ("dilation_ignored", 0.5)
    assert "the dilation of a layer before it was taken as 1: 1 + 2 + 4 + 1 + 2*2" in found.feedback


def test_a_dilation_may_be_left_out_at_the_last_layer_alone() -> None:
    """3 and 5 + 4 = 9 for 5 and 5; 3 and 3 everywhere: 9, 7 and 5."""
    twice = {"input": "32x32x3", "layers": [{"conv": {"K": 4, "F": 3, "dilation": 2}}] * 2}
    for answer, told in ((7, "1 + 4 + 2 = 7"), (5, "1 + 2 + 2 = 5")):
        found = marked(twice, {"conv2.receptive_field": answer}, dilation_ignored=0.5)
        assert told in found.feedback
        assert found.points == 0.5


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("5 -> 6 -> 6+2*2 = 10", "dilation_ignored"),
        ("1 + 4 + 1 + (3 - 1)*2 = 10", "dilation_ignored"),
        ("6 + (5 - 1) = 10", None),  # 4 may be 2*2
        ("10", None),
    ],
)
def test_a_product_with_the_jump_does_not_ignore_the_strides(answer: str, name: str | None) -> None:
    found = marked(TIED, {"conv2.receptive_field": answer})
    assert (found.misconception, found.perhaps) == (name, False)


def test_without_a_working_the_mistake_that_has_credit_is_believed() -> None:
    found = marked(TIED, {"conv2.receptive_field": 10}, dilation_ignored=0.5)
    assert (found.misconception, found.perhaps, found.points) == ("dilation_ignored", True, 0.5)


def test_who_forgets_the_1_elsewhere_forgets_it_in_a_field() -> None:
    """One less is given by chance as well: it is told beside (48 - 5)/1 = 43 for 44."""
    assert marked(FIVE, {FIELD: 29}).misconception is None
    found = marked(FIVE, {"conv3.output": "(48-5)/1 = 43, so 43x43x8", FIELD: 29})
    assert (found.misconception, found.perhaps) == ("forgot_plus_one", True)


def test_a_right_field_says_nothing_of_the_1_in_a_size() -> None:
    """At P = 1 one side's padding gives the same, 96 - 3 + 1 + 1 = 95."""
    for answers in ({}, {FIELD: 30}):
        found = marked(FIVE, {**answers, "conv1.output": "95x95x8"})
        assert found.misconception == "forgot_plus_one or padding_once"


# 5; 5 + 1 = 6; 6 + 2*2 = 10; 10 + 1*2 = 12; 12 + 2*4 = 20. The convolutions alone: 5 + 2 + 2 = 9.
POOLED: dict[str, Any] = {
    "input": "64x64x3",
    "layers": [
        {"conv": {"K": 8, "F": 5, "P": 2}}, {"max_pool": 2}, {"conv": {"K": 8, "F": 3, "P": 1}},
        {"max_pool": 2}, {"conv": {"K": 8, "F": 3, "P": 1}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "perhaps"),
    [
        ("5+2+2 = 9", False), ("9 (5+2+2)", False), ("1 + 4 + 2 + 2 = 9", False),
        ("5 -> 7 -> 9", False), ("9", True), ("9x9", True),
    ],
)  # fmt: skip
def test_pools_may_be_left_out(answer: str, perhaps: bool) -> None:
    found = marked(POOLED, {"conv3.receptive_field": answer})
    assert (found.misconception, found.perhaps) == ("field_pools_left_out", perhaps)
    assert "he pools were left out: 1 + 4 + 2 + 2 = 9; they widen the field" in found.feedback


def test_a_working_with_the_pools_in_it_has_not_left_them_out() -> None:
    other = marked(POOLED, {"conv3.receptive_field": "1 + 4 + 1 + 1 + 2 = 9"})
    assert other.misconception is None
    for answer in ("1 + 4 + 1 + 2 + 1 + 2 = 11", "11x11: 5, then +1 (pool), +2, then +1, +2"):
        counted = marked(POOLED, {"conv3.receptive_field": answer})
        assert (counted.misconception, counted.perhaps) == ("field_stride_ignored", False)


def test_the_strides_of_convolutions_may_be_ignored_besides() -> None:
    """At a stride of 2 in the first one 5 + 2*2 + 2*2 = 13 without the pools."""
    first, *others = POOLED["layers"]
    spec = POOLED | {"layers": [{"conv": first["conv"] | {"S": 2}}, *others]}
    both = marked(spec, {"conv3.receptive_field": "5+2+2 = 9"})
    told = "The pools were left out, and the strides of the layers before it were ignored: 1 + 4"
    assert told in both.feedback
    pools = marked(spec, {"conv3.receptive_field": "5 + 2*2 + 2*2 = 13"})
    assert "The pools were left out: 1 + 4 + 2*2 + 2*2 = 13;" in pools.feedback


def test_who_is_asked_about_a_pool_gave_the_layer_before_it() -> None:
    found = marked(POOLED, {"max_pool1.receptive_field": "5"})
    assert found.misconception != "field_pools_left_out"


# 5; 5 + 1*2 = 7; 7 + 2*4 = 15; 15 + 2*4 = 23; 23 + 2*8 = 39 behind two pools. The convolutions
# alone: 5 + 2*2 + 2*2 = 13, and at strides of 1 5 + 2 + 2 = 9.
ENDING: dict[str, Any] = {
    "input": "61x61x3",
    "layers": [
        {"conv": {"K": 8, "F": 5, "S": 2, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 8, "F": 3, "S": 2}},
        {"avg_pool": {"F": 3, "S": 2}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "perhaps", "told"),
    [
        ("5 + 2*2 + 2*2 = 13", False, "too: 1 + 4 + 2*2 + 2*2 = 13; they widen the field"),
        ("13", True, "too: 1 + 4 + 2*2 + 2*2 = 13; they widen the field"),
        ("5+2+2 = 9", False, "too, and the strides of the layers before it were ignored: 1 + 4"),
    ],
)
def test_a_pool_that_is_asked_about_may_be_left_out_with_others(
    answer: str, perhaps: bool, told: str
) -> None:
    found = marked(ENDING, {"avg_pool1.receptive_field": answer}, field_pools_left_out=0.5)
    assert (found.misconception, found.perhaps) == ("field_pools_left_out", perhaps)
    assert f"he pools were left out, avg_pool1 itself {told}" in found.feedback
    assert found.points == 0.5


def test_the_layer_before_a_pool_is_no_field_without_the_pools() -> None:
    """23 are those of conv2, the first pool counted; 5 is what one filter sees."""
    for answer in ("23", "5"):
        found = marked(ENDING, {"avg_pool1.receptive_field": answer})
        assert found.misconception != "field_pools_left_out"
    twice = ENDING | {"layers": [*ENDING["layers"][:2], {"max_pool": 2}]}
    found = marked(twice, {"max_pool2.receptive_field": "5"})
    assert found.misconception != "field_pools_left_out"


@pytest.mark.parametrize(
    ("answer", "layer", "told"),
    [
        # 5, 6, 6 + 2*2 = 10 and 10 + 1*2 = 12 are right; 12 + 2*2 has the jump before max_pool2
        ("12 + 2*2 = 16", "max_pool2", "1 + 4 + 1 + 2*2 + 1*2 + 2*2 = 16"),
        ("12 + (3-1)*2 = 16", "max_pool2", "1 + 4 + 1 + 2*2 + 1*2 + 2*2 = 16"),
        ("16x16 (5, 5+1 = 6, 6+2*2 = 10, 10+2 = 12, 12+2*2 = 16)", "max_pool2", "+ 2*2 = 16"),
        ("5 -> 6 -> 10 -> 12 -> 16", "max_pool2", "1 + 4 + 1 + 2*2 + 1*2 + 2*2 = 16"),
        # a jump of 1 behind max_pool1, and of 2 behind max_pool2
        ("5+1+2+1+2*2 = 13", "max_pool1", "1 + 4 + 1 + 2 + 1 + 2*2 = 13"),
    ],
)
def test_a_working_shows_the_one_stride_that_was_left_out(
    answer: str, layer: str, told: str
) -> None:
    found = marked(POOLED, {"conv3.receptive_field": answer})
    assert (found.misconception, found.perhaps) == ("field_one_stride_ignored", False)
    assert f"The stride of {layer} was left out: " in found.feedback
    assert f"{told}; it counts for every layer behind it." in found.feedback


@pytest.mark.parametrize("answer", ["16", "12 + 4 = 16", "5 + 11 = 16"])
def test_one_stride_is_not_said_to_be_left_out_where_nothing_shows_it(answer: str) -> None:
    """12 + 4 may be the jump of 4 for (3 - 1)*4 as well."""
    assert marked(POOLED, {"conv3.receptive_field": answer}).misconception is None


def test_a_right_field_in_front_does_not_speak_against_one_stride_left_out() -> None:
    answers = {"max_pool2.receptive_field": 12, "conv3.receptive_field": "12 + 2*2 = 16"}
    found = marked(POOLED, answers, field_stride_ignored=0.5)
    assert (found.misconception, found.points) == ("field_one_stride_ignored", 0.5)


def test_of_strides_behind_each_other_either_may_be_left_out() -> None:
    """5, 5 + 0*2 = 5 and 5 + 2*4 = 13; with one stride less 5 + 2*2 = 9."""
    spec = {
        "input": "64x64x3", "rounding": "floor",
        "layers": [
            {"conv": {"K": 4, "F": 5, "S": 2, "P": 2}}, {"conv": {"K": 4, "F": 1, "S": 2}},
            {"conv": {"K": 4, "F": 3, "P": 1}},
        ],
    }  # fmt: skip
    found = marked(spec, {"conv3.receptive_field": "5 + 2*2 = 9"})
    assert "The stride of conv1 or conv2 was left out: 1 + 4 + 2*2 = 9;" in found.feedback


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("10 (6 + 4)", "field_of_blocks"),
        ("10 (conv1 5, pool 6, conv2 6 + 2*2 = 10)", None),
        ("10 = 5 + 1 + 2*2", None),
    ],
)
def test_who_multiplies_by_a_jump_adds_up_no_fields_of_blocks(
    answer: str, name: str | None
) -> None:
    """5x5, 2x2 S=2, 3x3 and 2x2 S=2 see 5, 6, 6 + 2*2 = 10 and 12; the blocks 6 and 4 by itself."""
    layers = [{"conv": {"K": 2, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 2, "F": 3}}]
    spec = {"input": "28x28x1", "layers": [*layers, {"max_pool": 2}]}
    asked = "max_pool2.receptive_field"
    found = mark({"spec": spec, "questions": [asked]}, {asked: answer}).marks[0]
    assert (found.verdict, found.misconception) == ("wrong", name)
