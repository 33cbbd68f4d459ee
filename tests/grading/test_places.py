"""At which of several layers a mistake was made, where its number tells, and where it does not.

32x32x3: conv1 of 5x5 with P=2 gives 32, max_pool1 16, conv2 of 3x3 with P=1 keeps 16, max_pool2 8;
dense1 has 8*8*64 inputs and 128 units. Without the + 1 conv1 gives 31; then max_pool1 gives 14 or
15, which is 15.5 rounded down, and conv2 makes 14 of 14, or of 15 without the + 1.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"K": 32, "F": 5, "P": 2}}, "relu", {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "P": 1}}, "relu", {"max_pool": 2},
        "flatten", {"dense": 128},
    ],
}  # fmt: skip
CONV1, CONV2, MACS, DENSE = "conv1.output", "conv2.output", "conv2.macs", "dense1.weights"
NO_ONE = {CONV1: "31x31x32"}
AT_14 = 14 * 14 * 64 * 3 * 3 * 32
EITHER = (
    "the + 1 was forgotten at max_pool1 or at conv2: with your answer 31x31x32 to question 1,"
    " floor((31 - 2 + 2*0)/2) = 14, so 14x14x32, or (15 - 3 + 2*1)/1 = 14, so 14x14x64"
)


def last(answers: dict[str, Any], spec: dict[str, Any] = SPEC, **more: Any) -> Mark:
    """Return the mark of the last answer."""
    assignment = read_assignment(
        {"spec": spec, "questions": list(answers), "show": "always"} | more
    )
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


# -- one of two layers -----------------------------------------------------------------------------


def test_a_volume_that_either_gives_names_both() -> None:
    mark = last({**NO_ONE, CONV2: "14x14x64"})
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert f"Again {EITHER}. The right" in mark.feedback


def test_a_count_that_either_gives_names_both() -> None:
    mark = last({**NO_ONE, MACS: AT_14})
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert f"Again {EITHER}; 14*14 * 3*3*32*64 = 3,612,672." in mark.feedback


def test_a_count_with_another_mistake_besides_names_both() -> None:
    """14*14 positions of 3*3*64, without the 32 slices; 5*5*32 + 32 = 832 shows that as well."""
    mark = last({**NO_ONE, "conv1.parameters": 832, MACS: 14 * 14 * 3 * 3 * 64})
    assert mark.misconception == "forgot_depth, forgot_plus_one"
    assert mark.feedback.startswith(
        f"Again the depth of the filters was forgotten; and {EITHER}; 14*14 * 3*3*64 = 112,896."
    )


def test_a_hint_names_both() -> None:
    mark = last({**NO_ONE, MACS: AT_14}, show="hint")
    assert mark.feedback.startswith(
        "Again the + 1 was forgotten at max_pool1 or at conv2. Otherwise it follows"
    )


# Biases of 32, 32, 64 and 10, of 896 + 9,248 + 18,496 + 163,850 = 192,490 parameters.
SUMMED = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 32, "F": 3, "P": 1}}, {"conv": {"K": 32, "F": 3, "P": 1}},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2}, "flatten", {"dense": 10},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("less", "where"),
    [(32, "conv1 or conv2"), (64, "conv3, or in conv1 and conv2"), (10, "dense1")],
)
def test_a_total_names_all_layers_whose_biases_may_be_missing(less: int, where: str) -> None:
    mark = last({"total.parameters": 192_490 - less}, SUMMED)
    assert mark.misconception == "forgot_bias"
    assert f"192,490 - {less} in {where} = {192_490 - less:,}." in mark.feedback


@pytest.mark.parametrize(
    ("right", "less", "where"),
    [
        ({"conv1.parameters": 896}, 32, "conv2"),
        ({"conv2.parameters": 9248}, 32, "conv1"),
        ({"conv1.parameters": 896}, 64, "conv3"),
        ({"conv3.parameters": 18_496}, 32, "conv1 or conv2"),
        ({"conv1.macs": 32 * 32 * 864}, 32, "conv1 or conv2"),
    ],
)
def test_a_right_count_leaves_the_other_layers(
    right: dict[str, int], less: int, where: str
) -> None:
    mark = last({**right, "total.parameters": 192_490 - less}, SUMMED)
    assert f"192,490 - {less} in {where} = {192_490 - less:,}." in mark.feedback


@pytest.mark.parametrize(
    ("depths", "where"), [([8, 8, 8, 8, 8], "one of 5 layers"), ([8, 8, 24], "conv1 or conv2")]
)
def test_of_many_layers_only_is_told_that_it_is_one(depths: list[int], where: str) -> None:
    layers = [{"conv": {"K": K, "F": 3, "P": 1}} for K in depths]
    right = sum(9 * D * K + K for D, K in zip([3, *depths], depths, strict=False))
    mark = last({"total.parameters": right - 8}, {"input": "8x8x3", "layers": layers})
    assert f" - 8 in {where} = " in mark.feedback


# -- one of them, or both --------------------------------------------------------------------------


def test_what_one_of_two_layers_gives_and_both_give_is_told_as_that() -> None:
    """30 -> 15 -> 14 -> 7 with P once at both; 15 -> 15 -> 7.5 and 16 -> 15 -> 7.5 with one."""
    answers = {DENSE: 7 * 7 * 64 * 128, CONV1: "30x30x32"}
    assignment = read_assignment({"spec": SPEC, "questions": list(answers), "show": "hint"})
    mark = Marker(assignment).mark("one", answers).marks[0]
    told = (
        "The padding P was added on one side only at conv1, at conv2 or at both; it goes on both."
    )
    assert mark.feedback == told


FORMULA = {"formula(conv1.output.width)": "(W-F+2P)/S"}


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        # 32 -> 15 -> 15 -> 6.5, 31 -> 15 -> 15 -> 6.5 and 32 -> 16 -> 15 -> 6.5
        (FORMULA, "at max_pool2 and at conv1, max_pool1 or conv2: for example (32 - 2 + 2*0)/2 ="),
        ({**FORMULA, CONV1: "32x32x32"}, "at max_pool2 and at max_pool1 or conv2: for example (32"),
        # 31 -> 14 -> 13 -> 6.5 with it at max_pool2, too
        (NO_ONE, "at one or more of max_pool1, conv2 and max_pool2: with your answer 31x31x32"),
    ],
)
def test_what_is_certain_of_several_places_is_told_apart(
    answers: dict[str, Any], where: str
) -> None:
    mark = last({**answers, DENSE: 6 * 6 * 64 * 128})
    assert f"he + 1 was forgotten {where}" in mark.feedback


# -- where there is but one place ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({MACS: 13 * 13 * 64 * 288}, "forgotten at max_pool1 and conv2: with"),  # 31 -> 14 -> 13
        ({CONV2: "31 -> 15 -> 14, so 14x14x64"}, "forgotten at conv2: with"),
        ({CONV2: "13x13x64"}, "forgotten at max_pool1 and conv2: with"),
    ],
)
def test_the_only_place_is_told(answers: dict[str, Any], told: str) -> None:
    mark = last({**NO_ONE, **answers})
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert f"Again the + 1 was {told} your answer 31x31x32" in mark.feedback


def test_sizes_in_the_working_leave_the_places_that_they_show() -> None:
    answers = {CONV1: "30x30x32", "max_pool2.output": "7x7x64, 30 -> 15 -> 14 -> 7"}
    mark = last(answers, partial={"padding_once": 0.5}, follow_through=1)
    assert "P was added on one side only at conv1 and conv2: (32 - 5" in mark.feedback


@pytest.mark.parametrize(
    ("working", "where"),
    [
        # 31 -> 15 -> 15 -> 6.5, and 14 behind max_pool1 or conv2 makes 6; 31 -> 14 -> 13 -> 6.5
        ("(15 - 2)/2 = 6.5", ": with"),
        ("(14 - 2)/2 = 6", " at max_pool2 and at max_pool1 or conv2: with"),
        ("(13 - 2)/2 + 1 = 6.5", " at max_pool1 and conv2: with"),
        ("15 - 3 + 2 = 14, (14 - 2)/2 = 6", " at conv2 and max_pool2: with"),
        ("(31 - 2)/2 + 1 = 15.5, (14 - 2)/2 = 6", " at conv2 and max_pool2: with"),
        ("(W - F)/2 = 6", " at one or more of max_pool1, conv2 and max_pool2: with"),
        ("(16 - 3)/2 = 6.5", " at one or more of max_pool1, conv2 and max_pool2: with"),
    ],
)
def test_what_goes_in_by_the_working_leaves_the_places_that_it_shows(
    working: str, where: str
) -> None:
    mark = last({**NO_ONE, "max_pool2.output": f"{working}, so 6x6x64"})
    assert f"Again the + 1 was forgotten{where} your answer 31x31x32" in mark.feedback


def test_two_of_several_layers_are_all_that_it_may_be() -> None:
    """67 -> 31 -> 15 -> 15 -> 7 with windows of 7 by 2, 3 by 2, 5 with P=2 and 3 by 2: 14 goes into
    the last one without the + 1 at any of the others, and (14 - 3)/2 = 5.5.
    """
    layers = [
        {"conv": {"K": 16, "F": 7, "S": 2}}, {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 32, "F": 5, "P": 2}}, {"max_pool": {"F": 3, "S": 2}},
    ]  # fmt: skip
    answers = {**FORMULA, "max_pool2.output": "(14 - 3)/2 = 5.5, so 5x5x32"}
    mark = last(answers, {"input": "67x67x3", "rounding": "floor", "layers": layers})
    where = "at max_pool2 and at conv1, max_pool1 or conv2: for example"
    assert f"he + 1 was forgotten {where}" in mark.feedback


PADDED = {
    "input": "28x28x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"K": 20, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 40, "F": 5, "P": 2}}, {"max_pool": {"F": 3, "S": 2}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "answers",
    [{CONV2: "12x12x40"}, {CONV1: "26x26x20"}],  # P once: 28 -> 26 -> 13 -> 11 -> 5 as well
)
def test_what_the_working_has_here_goes_before_what_is_made_elsewhere(
    answers: dict[str, str],
) -> None:
    working = "(14 - 3)/2 = 5.5, so 5x5x40"
    mark = last({**answers, "max_pool2.output": working}, PADDED)
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert "The + 1 was forgotten: floor((14 - 3 + 2*0)/2) = 5, so 5x5x40." in mark.feedback


@pytest.mark.parametrize(
    ("working", "told"),
    [
        ("(13 - 3)/2 = 5", "with your answer 13x13x20 to question 1, (13 - 3 + 2*0)/2 = 5"),
        ("(14 - 3)/2 = 5.5", "floor((14 - 3 + 2*0)/2) = 5"),
        ("(W - F)/S = 5", "with your answer 13x13x20 to question 1, (13 - 3 + 2*0)/2 = 5"),
    ],
)
def test_the_own_volume_is_told_that_goes_in_by_the_working(working: str, told: str) -> None:
    """Behind 13 and behind 14 the + 1 makes 6 of 5; 13 is what they have in front of them."""
    mark = last({"max_pool1.output": "13x13x20", "max_pool2.output": f"{working}: 5x5x40"}, PADDED)
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert f"he + 1 was forgotten: {told}, so 5x5x40." in mark.feedback


# -- several of more layers ------------------------------------------------------------------------

# 49x49: conv1 gives (49 - 7)/2 + 1 = 22, without the + 1 21. Of 21, conv2 of 5x5 with P=2 makes 21
# or 20, max_pool1 of 21 10 or 9, and of 20 9 or 8, conv3 of 3x3 with P=1 one less or as many, and
# max_pool2 of 8 and 7 without the + 1 2, but of 9 3: it takes two more of the three before it.
LONGER: dict[str, Any] = {
    "input": "49x49x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"K": 24, "F": 7, "S": 2}},
        {"conv": {"K": 48, "F": 5, "P": 2}}, {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": {"F": 3, "S": 2}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "where", "example"),
    [
        ("2x2x64", "max_pool2 and at two or more of conv2, max_pool1 and conv3", "for example "),
        ("2x2x64 (20x20 after conv2, then 8x8)", "conv2, max_pool1 and max_pool2", ""),
        ("2x2x64 (20 -> 8 -> 8 -> 2)", "conv2, max_pool1 and max_pool2", ""),
        ("2x2x64 (20 -> 8 -> 7 -> 2)", "conv2, max_pool1, conv3 and max_pool2", ""),
    ],
)
def test_as_many_places_are_named_as_the_answer_takes(
    answer: str, where: str, example: str
) -> None:
    mark = last({"conv1.output": "21x21x24", "max_pool2.output": answer}, LONGER)
    assert mark.misconception == "forgot_plus_one"
    told = f"at {where}: with your answer 21x21x24 to question 1, {example}(21 - 5 + 2*2)/1 = 20"
    assert told in mark.feedback


def test_sizes_that_only_some_places_give_tell_them() -> None:
    answers = {"conv1.output": "21x21x24", "max_pool2.output": "2x2x64 (21 -> 9 -> 8 -> 2)"}
    told = "at max_pool1, conv3 and max_pool2: with your answer 21x21x24 to question 1, "
    assert f"{told}(21 - 3 + 2*0)/2 = 9" in last(answers, LONGER).feedback
