"""What workings of sizes and counts show, one bias for a layer, pooled depths, places, fields."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.exports.feedback import feedback
from shapecalc.grading.marks import Mark
from shapecalc.grading.repeated import told_at

# conv1 44x44x12 and 5*5*3*12 = 900 weights, pool1 22x22x12, conv2 11x11x20 and 4*4*12*20 = 3840,
# pool2 5x5x20, conv3 5x5x32
SIGNS: dict[str, Any] = {
    "input": "48x48x3",
    "layers": [
        {"conv": {"name": "conv1", "K": 12, "F": 5}},
        {"max_pool": {"name": "pool1", "F": 2, "S": 2}},
        {"conv": {"name": "conv2", "K": 20, "F": 4, "S": 2, "P": 1}},
        {"max_pool": {"name": "pool2", "F": 3, "S": 2}},
        {"conv": {"name": "conv3", "K": 32, "F": 3, "P": 1}},
    ],
}
BOTH_BIASES = "bias_in_weights, one_bias"


def marked(answers: dict[str, str], spec: dict[str, Any] = SIGNS, **rest: Any) -> dict[str, Mark]:
    source = {"spec": spec, "questions": [*answers], "show": "always", **rest}
    return {one.id: one for one in mark(source, answers).marks}


def of(path: str, answer: str, spec: dict[str, Any] = SIGNS, **others: str) -> Mark:
    return marked({**others, path: answer}, spec)[path]


# -- workings in brackets --------------------------------------------------------------------------

# 3*3*3*4 = 108 weights and 4 biases; behind the pool 5 + (2 - 1)*2 = 7 pixels
SMALL: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [
        {"conv": {"name": "conv1", "K": 4, "F": 3, "P": 1}},
        {"max_pool": {"name": "pool1", "F": 3, "S": 2}},
        {"conv": {"name": "conv2", "K": 6, "F": 2, "S": 2, "P": 1}},
    ],
}


@pytest.mark.parametrize(
    ("path", "answer", "name"),
    [
        ("conv1.parameters", "109 (3*3*3*4 + 1)", "one_bias"),
        ("conv1.parameters", "109 (3*3*3*4 + 1 = 109)", "one_bias"),
        ("conv1.parameters", "120 (3*3*3*4 + 12 = 120)", "bias_per_slice"),
        ("conv2.receptive_field", "6x6 (1 + 2 + 2 + 1 = 6)", "field_stride_ignored"),
        ("conv2.receptive_field", "8x8 (3 + 3 + 2 = 8)", "field_summed"),
    ],
)
def test_a_working_in_brackets_is_looked_at_before_chance(
    path: str, answer: str, name: str
) -> None:
    found = of(path, answer, SMALL)
    assert (found.misconception, found.perhaps) == (name, False)


def test_a_working_of_the_depth_is_looked_at_before_chance() -> None:
    spec = {"input": "13x13x2", "layers": [{"conv": {"K": 4, "F": 5, "S": 2, "P": 2}}]}
    found = of("conv1.output", "7x7x8 (depth 2*4 = 8)", spec)
    assert (found.misconception, found.perhaps) == ("depth_multiplied", False)


def test_factors_taken_together_are_the_same_product() -> None:
    found = of("conv2.macs", "1,858,560 (22*22*20*192)")  # 192 = 4*4*12
    assert (found.misconception, found.perhaps) == ("macs_at_input_size", False)


# -- one bias --------------------------------------------------------------------------------------


def test_one_bias_among_the_weights_is_named_where_it_shows_elsewhere() -> None:
    found = of("conv2.weights", "3841", **{"conv1.parameters": "901"})
    assert (found.misconception, found.perhaps) == (BOTH_BIASES, False)
    assert "3,840 weights + 1 bias = 3,841; every filter has its own" in found.feedback


def test_one_bias_among_the_weights_is_named_where_the_working_shows_it() -> None:
    found = of("conv2.weights", "3841 (4*4*12*20 + 1)")
    assert (found.misconception, found.perhaps) == (BOTH_BIASES, False)


@pytest.mark.parametrize("others", [{}, {"conv1.parameters": "912"}])
def test_one_too_many_is_a_slip_otherwise(others: dict[str, str]) -> None:
    assert of("conv2.weights", "3841", **others).misconception is None


def test_one_bias_among_own_weights() -> None:
    own = {"conv1.parameters": "901", "pool1.output": "22x22x6"}
    found = of("conv2.weights", "1921", **own)  # 4*4*6*20 = 1920
    assert (found.misconception, found.perhaps) == (BOTH_BIASES, False)
    assert "with your answer 22x22x6 to question 2" in found.feedback


def test_one_bias_of_a_layer_that_has_none() -> None:
    bare = {"conv": {"name": "bare", "K": 16, "F": 5, "bias": False}}  # 5*5*3*16 = 1200
    spec = {"input": "28x28x3", "layers": [bare, {"conv": {"name": "conv2", "K": 6, "F": 3}}]}
    found = of("bare.parameters", "1201", spec, **{"conv2.parameters": "865"})  # 3*3*16*6 + 1
    assert (found.misconception, found.perhaps) == ("absent_bias_counted, one_bias", False)
    assert "1,200 weights + 1 bias = 1,201; this layer has none" in found.feedback


def test_one_bias_in_each_layer_of_a_total_is_made_again() -> None:
    # 900 + 3840 + 5760 weights
    found = of("total.parameters", "10503", **{"conv1.parameters": "901"})
    assert found.feedback.startswith(
        "Again one bias was counted for each layer: 10,500 weights + 3 biases = 10,503"
    )


# -- a pooled depth --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("5x5x10", "depth 20/2 = 10, so 5x5x10"),
        ("5x5x10 (20/2 = 10)", "depth 20/2 = 10, so 5x5x10"),
        ("5x5x9", "depth floor((20 - 3 + 2*0)/2) + 1 = 9, so 5x5x9"),
    ],
)
def test_a_depth_divided_by_the_stride_is_pooled(answer: str, told: str) -> None:
    found = of("pool2.output", answer)
    assert (found.misconception, found.perhaps) == ("depth_pooled", False)
    assert told in found.feedback


def test_a_pooled_depth_is_rounded_as_the_pool_rounds() -> None:
    spec = {
        "input": "8x8x25",
        "layers": [{"avg_pool": {"name": "pool", "F": 3, "S": 2, "rounding": "ceil"}}],
    }
    found = of("pool.output", "4x4x13", spec)
    assert found.misconception == "depth_pooled"
    assert "depth 25/2 = 12.5, rounded up 13" in found.feedback


def test_an_own_depth_is_divided_by_the_stride() -> None:
    found = of("pool2.output", "5x5x5 (10/2 = 5)", **{"conv2.output": "11x11x10"})
    assert found.misconception == "depth_pooled"
    assert "with your answer 11x11x10 to question 1, depth 10/2 = 5" in found.feedback


# conv3 has 3*3*20*8 + 8 parameters, 3*3*10*8 + 8 = 728 with half of the depth
POOLS: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"name": "conv1", "K": 12, "F": 3, "P": 1}},
        {"max_pool": {"name": "pool1", "F": 2, "S": 2}},
        {"conv": {"name": "conv2", "K": 20, "F": 3, "P": 1}},
        {"max_pool": {"name": "pool2", "F": 2, "S": 2}},
        {"conv": {"name": "conv3", "K": 8, "F": 3, "P": 1}},
    ],
}


def test_a_pool_in_front_of_a_convolution_which_sets_the_depth_is_not_named() -> None:
    found = of("conv3.parameters", "728", POOLS)
    assert "the depth was pooled too at pool2: depth (20 - 2" in found.feedback
    assert "pool1" not in found.feedback


# 14x10x8 -> 7x5x8 -> 7x5x24 -> 3x2x24: 40*144 + 40 = 5,800 behind it, and with half of the depth
# 40*3*2*12 + 40 = 2,920; of floor((24 - 3)/2) + 1 = 11 slices 40*66 + 40 = 2,680.
OVERLAPPING: dict[str, Any] = {
    "input": "14x10x3",
    "layers": [
        {"conv": {"name": "conv1", "K": 8, "F": 3, "P": 1}},
        {"max_pool": {"name": "pool1", "F": 2, "S": 2}},
        {"conv": {"name": "conv2", "K": 24, "F": 3, "P": 1}},
        {"avg_pool": {"name": "pool2", "F": 3, "S": 2}},
        {"dense": {"name": "dense1", "units": 40}},
    ],
}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("72*40 + 40 = 2,920", "depth 24/2 = 12, so 3x2x12; 3*2*12*40 + 40 = 2,920"),
        ("2680", "depth floor((24 - 3 + 2*0)/2) + 1 = 11, so 3x2x11; 3*2*11*40 + 40 = 2,680"),
    ],
)
def test_a_depth_is_divided_on_the_way_to_a_count_as_well(answer: str, told: str) -> None:
    found = of("dense1.parameters", answer, OVERLAPPING)
    assert (found.misconception, found.perhaps) == ("depth_pooled", True)
    assert f"the depth was pooled too at pool2: {told}" in found.feedback
    assert "pool1" not in found.feedback
    again = of("dense1.parameters", answer, OVERLAPPING, **{"pool1.output": "7x5x4"})
    assert (again.misconception, again.perhaps) == ("depth_pooled", False)
    right = of("dense1.parameters", answer, OVERLAPPING, **{"pool1.output": "7x5x8"})
    assert right.misconception is None


# -- a count that is rounded beside its sum --------------------------------------------------------

OWN = {"pool1.output": "22x22x6", "pool2.output": "5x5x10"}  # 4*4*6*20 + 20, 3*3*10*32 + 32


@pytest.mark.parametrize(
    "answer",
    [
        "about 5.8k (912 + 1940 + 2912)",
        "~5.8k = 912 + 1940 + 2912",
        "912 + 1940 + 2912 ≈ 5.8k",
        "5.76k parameters (conv1 912 + conv2 1940 + conv3 2912)",
    ],
)
def test_a_rounded_total_is_its_exact_sum(answer: str) -> None:
    assert of("total.parameters", answer, **OWN).verdict == "followed through"


@pytest.mark.parametrize(
    ("path", "answer", "verdict"),
    [
        ("total.parameters", "~10.6k (912 + 3,860 + 5,792)", "right"),  # 10,564
        ("conv2.weights", "≈3.8k = 4x4x12x20", "right"),
        ("conv2.weights", "3.8k", "needs a look"),
        ("conv2.weights", "~3.8k (about 4*4*12*20 of them)", "needs a look"),
    ],
)
def test_a_rounded_count_is_right_by_its_exact_sum(path: str, answer: str, verdict: str) -> None:
    assert of(path, answer).verdict == verdict


def test_many_blanks_beside_a_count_take_no_time() -> None:
    begin = process_time()
    assert of("total.parameters", f"7 (1{990 * ' '})").verdict != "right"
    assert process_time() - begin < 2


def test_a_sum_that_is_not_what_it_is_rounded_to_is_left() -> None:
    assert of("total.parameters", "10.7k (912 + 3860 + 5792)").verdict != "right"


# -- fields, volumes and words ---------------------------------------------------------------------

# 7, 7 + 2*2 = 11, 11 + 2*4 = 19, 19 + 2*4 = 27
SHORTCUT: dict[str, Any] = {
    "input": "51x51x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"name": "stem", "K": 16, "F": 7, "S": 2, "P": 3}},
        {"avg_pool": {"name": "pool1", "F": 3, "S": 2}},
        {"conv": {"name": "conv1", "K": 16, "F": 3, "P": 1}},
        {"conv": {"name": "conv2", "K": 16, "F": 3, "P": 1}},
        {"add": {"name": "add1", "from": ["pool1", "conv2"]}},
        {"global_avg_pool": {"name": "gap"}},
    ],
}


def test_a_field_behind_a_merge_is_summed_along_its_widest_branch() -> None:
    found = of("add1.receptive_field", "7 + 3 + 3 + 3 = 16", SHORTCUT)
    assert (found.misconception, found.perhaps) == ("field_summed", False)


@pytest.mark.parametrize("answer", ["19x19 (7, 11, 15, 19)", "7 + 4 + 4 + 4 = 19"])
def test_a_field_by_steps_that_no_layer_has_is_no_other_layers(answer: str) -> None:
    """Behind pool1 2*2 for 2*4: its stride was left out. That 19 is conv1's field is chance."""
    found = of("add1.receptive_field", answer, SHORTCUT)
    assert (found.misconception, found.perhaps) == ("field_one_stride_ignored", False)
    assert "The stride of pool1 was left out: 1 + 6 + 2*2 + 2*2 + 2*2 = 19;" in found.feedback


def test_a_field_by_a_step_that_no_layer_adds_has_no_cause() -> None:
    """19 is conv1's field, and 5 and 7 are no steps of these windows, whatever their jump."""
    assert of("add1.receptive_field", "7 + 5 + 7 = 19", SHORTCUT).misconception is None


def test_the_depth_alone_is_no_product_of_sizes() -> None:
    found = of("gap.output", "16", SHORTCUT)
    assert found.misconception is None
    assert "the height and the width are missing" in found.feedback


def test_a_question_of_the_student_has_no_full_stop() -> None:
    answer = "9x9x20 (22-4+2)/2 = 10, minus 1. Is that ok?"
    told = feedback(of("conv2.output", answer))
    assert 'Is that ok?" The depth' in told


def test_a_volume_that_is_added_up_is_no_other_layers() -> None:
    assert of("add1.output", "26x26x16", SHORTCUT).misconception == "neighbour"
    assert of("add1.output", "26x26x16 (13 + 13)", SHORTCUT).misconception is None


def test_a_size_divided_by_the_filter_is_not_made_by_the_stride() -> None:
    # floor((12 - 4 + 2)/3) = 3 without the + 1, and (12 - 4)/3 + 1 = 3.67 without the padding
    layers = [{"conv": {"K": 40, "F": 4, "S": 3, "P": 1}}]
    spec = {"input": "12x12x16", "rounding": "floor", "layers": layers}
    assert "forgot_plus_one" in str(of("conv1.output", "3x3x40", spec).misconception)
    assert of("conv1.output", "3x3x40 (12/4 = 3)", spec).misconception is None


def test_words_behind_numbers_leave_a_sum() -> None:
    found = of("conv1.parameters", "109 (108 weights + 1 bias)", SMALL)
    assert (found.misconception, found.perhaps) == ("one_bias", False)


def test_where_a_mistake_was_made_is_told_behind_a_comma() -> None:
    told = told_at("the size was rounded up, not down; it fits", "at pool1 and pool2")
    assert told == "the size was rounded up, not down, at pool1 and pool2; it fits"
    assert told_at("the + 1 was forgotten", "at pool1") == "the + 1 was forgotten at pool1"
