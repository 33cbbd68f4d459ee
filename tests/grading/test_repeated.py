"""A mistake that is made again and again: at every layer on the way, in several answers.

67x67x3: conv1 of 7x7 at S=2 gives (67 - 7)/2 + 1 = 31, max_pool1 (31 - 3)/2 + 1 = 15, conv2 of 5x5
with P=2 keeps 15, max_pool2 (15 - 3)/2 + 1 = 7, conv3 of 3x3 with P=1 keeps 7, max_pool3 3; dense1
has 3*3*48 = 432 inputs and 64 units.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

POOL = {"max_pool": {"F": 3, "S": 2}}
SPEC: dict[str, Any] = {
    "input": "67x67x3",
    "layers": [
        {"conv": {"K": 16, "F": 7, "S": 2}}, "relu", POOL,
        {"conv": {"K": 32, "F": 5, "P": 2}}, "relu", POOL,
        {"conv": {"K": 48, "F": 3, "P": 1}}, "relu", POOL,
        "flatten", {"dense": 64},
    ],
}  # fmt: skip
CONV1, POOL1, POOL2 = "conv1.output", "max_pool1.output", "max_pool2.output"
FORMULA, MACS, DENSE = "formula(conv1.output.width)", "conv2.macs", "dense1.parameters"
NO_ONE = {CONV1: "30x30x16"}  # (67 - 7)/2


def marked(answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment(
        {"spec": SPEC, "questions": list(answers), "show": "always"} | more
    )
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


def test_what_is_forgotten_at_every_layer_goes_before_what_nothing_else_shows() -> None:
    """30 -> (30 - 3)/2 = 13.5 -> 13, conv2 keeps it -> (13 - 3)/2 = 5, as (15 - 3)/3 + 1 is; with
    14 behind max_pool1 (14 - 3)/2 = 5.5 -> 5, and with 12 behind conv2 4.5 + 1 = 5.5.
    """
    alone = marked({POOL2: "5x5x32"})[POOL2]
    assert alone.misconception == "pool_stride_from_filter"
    beside = marked({**NO_ONE, POOL2: "5x5x32"})[POOL2]
    assert (beside.misconception, beside.perhaps) == ("forgot_plus_one", False)
    told = (
        "Again the + 1 was forgotten at one or more of max_pool1, conv2 and max_pool2: with your"
        " answer 30x30x16 to question 1, for example floor((30 - 3 + 2*0)/2) = 13, so 13x13x16;"
        " (13 - 3 + 2*0)/2 = 5, so 5x5x32."
    )
    assert told in beside.feedback


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (NO_ONE | {POOL1: "13x13x16"},  # floor((30 - 3)/2)
         "Again the + 1 was forgotten. Otherwise it follows from your answer 30x30x16"),
        ({CONV1: "61x61x16", POOL1: "30x30x16", "conv2.output": "26x26x32"},  # 30 - 5 + 1
         "The padding P was left out. Otherwise it follows from your answer 30x30x16"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_to_be_made_again_in_what_follows_from_it(
    answers: dict[str, str], told: str
) -> None:
    *_, last = marked(answers, show="hint").values()
    assert not last.perhaps
    assert f" are not. {told}" in last.feedback


def test_a_slip_behind_a_working_is_told_with_the_mistake_that_is_made_again() -> None:
    """(15 - 5 + 4)/1 = 14 is written as 13 behind it."""
    answers = {CONV1: "30x30x16", POOL1: "14x14x16", "conv2.output.height": "14 - 5 + 2*2 = 12"}
    mark = marked(answers, show="hint")["conv2.output.height"]
    assert mark.misconception == "forgot_plus_one, arithmetic_slip"
    assert "gives 13, not what you wrote. Again the + 1 was forgotten. Oth" in mark.feedback


def test_a_later_answer_shows_it_as_well() -> None:
    """The formula shows it; 30 -> 13 -> 13 -> 5 from the network's input on, or 30 -> 13 -> 12 -> 5
    without it at max_pool2. At one layer alone it leaves 6.
    """
    mark = marked({POOL2: "5x5x32", FORMULA: "(W-F+2P)/S"})[POOL2]
    assert mark.misconception == "forgot_plus_one"
    where = "at two or more of conv1, max_pool1, conv2 and max_pool2: for example (67 - 7 + 2*0)/2"
    assert f"was forgotten {where} = 30" in mark.feedback


def test_the_credit_is_that_of_the_mistake_that_was_made() -> None:
    credit = {"forgot_plus_one": 0.5, "pool_stride_from_filter": 0.75}
    mark = marked({**NO_ONE, POOL2: "5x5x32"}, partial=credit, follow_through=0.5)[POOL2]
    assert mark.points == 0.5  # as much as without the wrong answer that the same mistake gave
    alone = marked({POOL2: "5x5x32"}, partial=credit, follow_through=0.5)[POOL2]
    assert (alone.points, alone.misconception) == (0.75, "pool_stride_from_filter")


# 32 - 5 + 2 + 1 = 30, 30 - 5 + 2 + 1 = 28 and 28 - 7 + 3 + 1 = 25, with the zeros of one side.
PADDED = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 8, "F": 5, "P": 2}}, {"conv": {"K": 16, "F": 5, "P": 2}},
        {"conv": {"K": 16, "F": 7, "P": 3}},
    ],
}  # fmt: skip
ONE, TWO_AND_THREE = {CONV1: "30x30x8"}, {"conv2.output": "28x28x16", "conv3.output": "25x25x16"}


@pytest.mark.parametrize(
    "answers",
    [
        {"conv3.output": "25x25x16"},
        {**ONE, "conv3.output": "25x25x16"},
        {**ONE, **TWO_AND_THREE},
        {**ONE, "conv3.macs": "25*25*16*16*7*7 = 7840000"},
    ],
)
def test_one_mistake_at_every_layer_is_paid_as_one_whatever_was_asked(
    answers: dict[str, str],
) -> None:
    marks = marked(answers, spec=PADDED, partial={"padding_once": 0.5}, follow_through=0.75)
    assert {mark.points for mark in marks.values()} == {0.5}
    assert not any("since it follows" in mark.feedback for mark in marks.values())


def test_a_mistake_behind_another_slip_is_one_more() -> None:
    """26 - 5 + 2 + 1 = 24, and 26 is nothing that one side's zeros give."""
    more = {"spec": PADDED, "partial": {"padding_once": 0.5}, "follow_through": 0.75}
    mark = marked({CONV1: "26x26x8", "conv2.output": "24x24x16"}, **more)["conv2.output"]
    assert (mark.misconception, mark.points) == ("padding_once", 0.375)
    told = "gets 50 % of the points, and 75 % of these since it follows from an earlier slip."
    assert told in mark.feedback


def test_a_right_first_volume_speaks_against_a_mistake_from_there_on() -> None:
    """Without the + 1 conv1 would have been 30x30x16."""
    credit = {"forgot_plus_one": 0.5}
    mark = marked({CONV1: "31x31x16", POOL2: "5x5x32"}, partial=credit)[POOL2]
    assert mark.misconception == "pool_stride_from_filter"


def test_a_count_follows_from_it() -> None:
    """13*13*32 positions of 5*5*16; with P once, 15 - 5 + 2 + 1 = 13 as well. conv2 makes 13 of 13,
    and of 14 without the + 1.
    """
    mark = marked({**NO_ONE, "P(conv2)": 2, MACS: "13*13*32*400 = 2163200"})[MACS]
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    told = "at max_pool1 or at conv2: with your answer 30x30x16 to question 1, floor((30"
    assert told in mark.feedback
    both = "so 13x13x16, or (14 - 5 + 2*2)/1 = 13, so 13x13x32; 13*13 * 5*5*16*32 = 2,163,200."
    assert both in mark.feedback


def test_a_right_padding_speaks_against_zeros_on_one_side() -> None:
    alone = marked({MACS: 2163200})[MACS]
    assert (alone.misconception, alone.perhaps) == ("padding_once", False)
    beside = marked({"P(conv2)": 2, MACS: 2163200})[MACS]
    assert (beside.misconception, beside.perhaps) == ("padding_once", True)


STRIDE = "pool_stride_from_filter"  # (31 - 3)/3 + 1 = 10.3 -> 10, (10 - 3)/3 + 1 = 3.3 -> 3


@pytest.mark.parametrize(
    ("answers", "ask", "perhaps"),
    [
        ({POOL1: "10x10x16", POOL2: "3x3x32"}, POOL2, False),
        ({POOL2: "3x3x32 (pool1 gives 10x10, pool2 3x3)"}, POOL2, False),  # the working shows it
        ({POOL2: "3x3x32", MACS: 10 * 10 * 32 * 400}, POOL2, True),  # each shows the other
        ({POOL2: "3x3x32", MACS: 10 * 10 * 32 * 400}, MACS, True),
    ],
)
def test_a_stride_taken_as_F_at_every_pool(
    answers: dict[str, Any], ask: str, perhaps: bool
) -> None:
    mark = marked(answers)[ask]
    assert (mark.misconception, mark.perhaps) == (STRIDE, perhaps), mark


def test_small_sizes_behind_several_layers_are_not_explained() -> None:
    """One of few sizes: 9 if same was assumed everywhere, 3 at a stride of F, ..."""
    for size in (2, 3, 9):
        mark = marked({POOL2: f"{size}x{size}x32"})[POOL2]
        assert (mark.verdict, mark.misconception) == ("wrong", None)


def test_a_depth_kept_at_every_convolution() -> None:
    mark = marked({CONV1: "31x31x3", POOL2: "7x7x3"})[POOL2]
    assert (mark.misconception, mark.perhaps) == ("depth_kept", False)
    assert "the depth of the input was kept at conv2: with your" in mark.feedback


def test_a_volume_in_the_working_is_not_taken_for_the_depth_alone() -> None:
    """5x5x32, kept by conv3, gives (5 - 3)/2 = 1: 1*1*48*64, without 64 biases."""
    answers = {**NO_ONE, POOL2: "5x5x32", "conv2.parameters": "5*5*16*32=12800"}
    mark = marked({**answers, DENSE: "1*1*48*64 = 3072"})[DENSE]
    assert (mark.misconception, mark.perhaps) == ("forgot_bias, forgot_plus_one", False)
    told = (
        "at conv3 or at max_pool3: with your answer 5x5x32 to question 2, (5 - 3 + 2*1)/1 = 4, so"
    )
    assert told in mark.feedback
    biased = marked({**answers, DENSE: "1*1*48*64+64 = 3136"})[DENSE]
    assert biased.misconception == "forgot_plus_one"


@pytest.mark.parametrize("answer", ["1*1*48*64 = 3072", "1*1*48*64+64 = 3136"])
def test_a_working_with_sizes_of_1_names_no_depth_alone(answer: str) -> None:
    mark = marked({DENSE: answer})[DENSE]
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    bare = marked({DENSE: answer.removeprefix("1*1*")})[DENSE]
    assert "only the depth was counted" in bare.feedback.lower()


def test_a_mistake_is_no_evidence_where_it_follows_from_another_answer() -> None:
    """With P = 3 conv2 gives 15 - 5 + 6 + 1 = 17, and 17*17 is no mistake of its own."""
    answers = {"P(conv2)": 3, POOL2: "8x8x32", CONV1: "34x34x16"}  # 34 is 67/2, rounded up
    first, then = marked(answers)[POOL2], marked(answers)[CONV1]
    assert first.verdict == "followed through"
    assert then.misconception == "same_assumed"
    right = {"P(conv2)": 2, POOL2: "7x7x32", CONV1: "34x34x16"}
    assert marked(right)[CONV1].perhaps


def test_two_operations_are_certain_where_the_working_has_them() -> None:
    worked = {MACS: "15*15*32*5*5*16*2 = 5 760 000"}
    mark = marked(worked, partial={"flops_for_macs": 0.5})[MACS]
    assert (mark.misconception, mark.perhaps) == ("flops_for_macs", False)


def test_biases_at_wrong_positions() -> None:
    """31*31*32*400 = 12,300,800 in front of max_pool1, and 31*31*32 biases."""
    mark = marked({MACS: 12331552})[MACS]
    assert mark.misconception == "macs_with_biases, volume_too_early"
    assert "one layer too early was taken, in front of max_pool1: " in mark.feedback


def test_a_common_mistake_beside_one_that_is_made_elsewhere() -> None:
    """The biases are left out here alone; 5 -> (5 - 3)/2 = 1, or 5 -> 4 -> 1.5 -> 1."""
    answers = {**NO_ONE, POOL2: "5x5x32", DENSE: "1*1*48*64 = 3072"}
    mark = marked(answers)[DENSE]
    assert (mark.misconception, mark.perhaps) == ("forgot_bias, forgot_plus_one", False)
    hinted = marked(answers, show="hint")[DENSE].feedback
    assert hinted.startswith(
        "Two mistakes at once: the biases were forgotten, and again the + 1 was forgotten at conv3"
        " or at max_pool3."
    )


# 3*3 filters with P = 1 keep 24x24: 3*3*3*32 + 32 = 896, 3*3*32*64 = 18,432 weights; max_pool1
# gives 12x12x64, conv3 of 1x1 has 1*1*64*96 = 6,144 weights, conv4 1*1*96*128 = 12,288
DEEP = {
    "input": "24x24x3",
    "layers": [
        {"conv": {"K": 32, "F": 3, "P": 1}}, {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 96, "F": 1, "bias": False}}, {"conv": {"K": 128, "F": 1, "bias": False}},
        "global_avg_pool",
    ],
}  # fmt: skip
WEIGHTS3, WEIGHTS4, DEPTH32 = "conv3.weights", "conv4.weights", {"conv2.output": "24x24x32"}


def test_another_depth_alone_makes_no_mistake_on_the_way_certain() -> None:
    """32 is kept by conv2, 64 halved by max_pool1, or the depth of any other layer."""
    answers = {WEIGHTS3: "32*96 = 3072", WEIGHTS4: "32*128 = 4096"}
    for asked in (answers, {WEIGHTS4: 4096}):
        for mark in marked(asked, spec=DEEP).values():
            assert mark.misconception in (None, "depth_kept", "depth_pooled")
            assert mark.perhaps is (mark.misconception is not None)
    beside = marked({**DEPTH32, WEIGHTS4: 4096}, spec=DEEP)[WEIGHTS4]
    assert (beside.misconception, beside.perhaps) == ("depth_kept", False)  # made there, too


def test_nothing_was_made_on_the_way_through_a_right_volume() -> None:
    """3*3*3 + 1 = 28, 3*3*32 = 288; with one filter at each convolution the last depth is 1."""
    answers = {"conv1.parameters": 28, "conv2.weights": 288}
    last = "global_avg_pool1.output"
    beside = marked({**answers, last: "1x1x1"}, spec=DEEP)[last]
    assert (beside.misconception, beside.perhaps) == ("forgot_filters", True)
    for right in ({"conv3.output": "12x12x96"}, {"max_pool1.output": "12x12x64"}):
        mark = marked({**answers, last: "1x1x1", **right}, spec=DEEP)[last]
        assert (mark.verdict, mark.misconception) == ("wrong", None)


@pytest.mark.parametrize(("last", "cause"), [("b", None), ("d", "forgot_filters")])
def test_a_letter_has_no_mistake_that_was_made_on_the_way(last: str, cause: str | None) -> None:
    """1x1x1 is none of a pool's own mistakes; 12x12x1 is what one filter of conv4 gives."""
    choices = {
        "global_avg_pool1.output": ["1x1x128", "1x1x1", "12x12x1", "12x12x128"],
        "conv4.output": ["12x12x128", "12x12x96", "24x24x128", "12x12x1"],
    }
    ask = "conv4.output" if cause else "global_avg_pool1.output"
    questions = ["conv1.parameters", "conv2.weights", {"ask": ask, "choices": choices[ask]}]
    answers = {"conv1.parameters": 28, "conv2.weights": 288, ask: last}
    mark = marked(answers, spec=DEEP, questions=questions)[ask]
    assert (mark.verdict, mark.misconception) == ("wrong", cause)


# The filter of 3 spans 5 at a dilation of 2: 48 - 5 + 1 = 44; pooled 22, (22 - 4 + 2)/2 + 1 = 11
DILATED = {
    "input": "48x48x32",
    "layers": [
        {"conv": {"K": 64, "F": 3, "dilation": 2}}, {"max_pool": 2},
        {"conv": {"K": 96, "F": 4, "S": 2, "P": 1}},
    ],
}  # fmt: skip
TWO = "dilation_times_filter or forgot_plus_one"  # 48 - 6 + 1 = 43, and 48 - 5


@pytest.mark.parametrize(
    ("then", "cause"),
    [
        ({POOL1: "20x20x64"}, "forgot_plus_one"),  # (43 - 2)/2 = 20.5
        ({POOL1: "21x21x64"}, TWO),  # 20.5 + 1 = 21.5: there it is not forgotten, but follows
        ({POOL1: "22x22x64"}, "dilation_times_filter"),  # there it is not forgotten either
        ({"conv2.output": "9x9x96"}, TWO),  # (20 - 4 + 2)/2, but no 20 was given
        ({POOL1: "20x20x64", "conv2.output": "9x9x96"}, "forgot_plus_one"),
    ],
)
@pytest.mark.parametrize("credited", [True, False])
def test_a_mistake_that_is_certain_in_what_follows_is_the_one_of_two(
    then: dict[str, str], cause: str, credited: bool
) -> None:
    """Without credit for the other one, the dilation is told of two as the more specific one."""
    partial = {"forgot_plus_one": 0.5} if credited else {}
    mark = marked({CONV1: "43x43x64", **then}, spec=DILATED, partial=partial)[CONV1]
    named = cause if credited or cause != TWO else "dilation_times_filter"
    assert (mark.misconception, mark.perhaps) == (named, named == TWO)
