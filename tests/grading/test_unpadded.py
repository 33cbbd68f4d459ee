"""Who shows a window's formula without zeros, or sizes one after the other, takes no other way.

99x99x3: conv1 gives (99 - 7)/2 + 1 = 47, max_pool1 (47 - 3)/2 + 1 = 23, conv2 23, max_pool2 11,
conv3 11, max_pool3 (11 - 3)/2 + 1 = 5. Of 48, max_pool1 makes (48 - 3)/2 + 1 = 23.5, rounded up 24,
as much as ceil(47/2) with the padding `same`; of 24, max_pool2 makes 11.5, rounded up 12, of which
max_pool3 makes 5.5, rounded up 6, as much as ceil(11/2).
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from shapecalc.grading.summed_terms import chains_in

SPEC: dict[str, Any] = {
    "input": "99x99x3",
    "layers": [
        {"conv": {"K": 24, "F": 7, "S": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 48, "F": 5, "P": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 64, "F": 3, "P": 1}},
        {"max_pool": {"F": 3, "S": 2}},
    ],
}
CONV, FIRST, LAST = "conv1.output", "max_pool1.output", "max_pool3.output"
UP = "he size was rounded up, not down"
SAME = "he padding was taken to be same"


def marked(answers: dict[str, str], **more: Any) -> list[Mark]:
    asked = {"spec": SPEC, "questions": list(answers), "show": "always", **more}
    return list(mark(asked, answers).marks)


@pytest.mark.parametrize(
    "answer",
    [
        "24x24x24 ((48-3)/2 + 1 = 23.5, rounded)",
        "24x24x24 (48-3)/2 + 1 = 23.5, rounded up",
        "24x24x24, (48-3)/2 = 22.5",
        "24x24x24 (23.5, rounded up)",
    ],
)
def test_a_fraction_of_the_own_size_was_rounded_up(answer: str) -> None:
    found = marked({CONV: "48x48x24", FIRST: answer})[1]
    assert (found.misconception, found.perhaps) == ("ceil_for_floor", False)
    told = f"T{UP}: with your answer 48x48x24 to question 1, ceil((48 - 3 + 2*0)/2) + 1 = 24"
    assert told in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "24x24x24, 47/2 = 23.5, rounded up",
        "24x24x24, (47 - 3 + 2*1)/2 + 1 = 24",
        "24x24x24, (49 - 3)/2 + 1 = 24",  # 47 with a zero on each side
        "24x24x24, 48/2 = 24",
    ],
)
def test_a_working_with_zeros_or_none_of_them_leaves_the_padding(answer: str) -> None:
    found = marked({CONV: "48x48x24", FIRST: answer})[1]
    assert found.misconception == "same_assumed"


def test_the_formula_without_zeros_speaks_against_a_padding() -> None:
    """Whatever else it was: 23 comes out, and not 24."""
    found = marked({FIRST: "24x24x24 (47-3)/2 + 1"})[0]
    assert found.misconception is None


@pytest.mark.parametrize("chain", ["24 - 12 - 12 - 6", "24 -> 12 -> 12 -> 6", "24, 12, 12, 6"])
def test_sizes_one_after_the_other_tell_which_it_is(chain: str) -> None:
    up = "24x24x24 (48-3)/2 + 1 = 23.5"
    found = marked({CONV: "48x48x24", FIRST: up, LAST: f"6x6x64 ({chain})"})[2]
    assert (found.misconception, found.perhaps) == ("ceil_for_floor", False)
    told = f"Again t{UP}, at max_pool2 and max_pool3: with your answer 24x24x24 to question 2, "
    assert f"{told}ceil((24 - 3 + 2*0)/2) + 1 = 12" in found.feedback
    assert "ceil((12 - 3 + 2*0)/2) + 1 = 6" in found.feedback


def test_the_size_that_the_last_pool_takes_is_one_of_them() -> None:
    assert f"T{SAME}: ceil(11/2) = 6" in marked({LAST: "6x6x64 (23 -> 11 -> 11 -> 6)"})[0].feedback
    assert "ceil(11/2)" not in marked({LAST: "6x6x64 (23 -> 12 -> 12 -> 6)"})[0].feedback


def test_no_cause_has_other_sizes_than_the_working() -> None:
    """Of 15, pools with S=3 make 5 and 1; of 13, which is behind another mistake, 4 and 1."""
    beside = "15x15x24, (47-3)/3+1 = 15.67"
    assert marked({FIRST: beside, LAST: "1x1x64"})[1].misconception == "pool_stride_from_filter"
    found = marked({FIRST: beside, LAST: "1x1x64 (13 -> 4 -> 4 -> 1)"})[1]
    assert (found.verdict, found.misconception) == ("wrong", None)


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        ("24 - 12 - 12 - 6", [(24, 12, 6)]),
        ("48 \N{EN DASH} 24 \N{EN DASH} 24 \N{EN DASH} 12", [(48, 24, 12)]),
        ("24 - 12 - 6", []),  # 6
        ("24 - 12 - 12 - 6 + 1", []),
        ("24-12-12-6", []),
        ("99 - 7 = 92", []),
    ],
)
def test_dashes_between_sizes_are_no_signs_where_nothing_would_be_left(
    text: str, chains: list[tuple[int, ...]]
) -> None:
    assert chains_in(text) == chains


def test_a_mistake_has_no_other_size_between_those_of_the_working() -> None:
    """With P once, conv2 makes 13 of 15, max_pool2 6, conv3 of 5 with P=2 makes (6 - 5 + 2)/1 + 1
    = 4 and max_pool3 1: the working has no 6.
    """
    layers = [*SPEC["layers"]]
    layers[4] = {"conv": {"K": 64, "F": 5, "P": 2}}
    once = {"conv2.macs": "4867200 = 13*13*28800", LAST: "1x1x64 (13 -> 4 -> 4 -> 1)"}
    asked = {FIRST: "15x15x24, (47-3)/3+1 = 15.67", **once}
    _, macs, last = marked(asked, spec={**SPEC, "layers": layers})
    assert (macs.misconception, last.misconception) == ("padding_once", None)
