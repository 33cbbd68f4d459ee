"""A step of a working that is wrong, though the answer follows from an earlier one.

24x24x16: conv1 gives 24 - 3 + 1 = 22, and 21 without the + 1. Of 21, max_pool1 gives
(21 - 2)/2 + 1 = 10.5, so 10, and conv2 (10 - 3)/2 + 1 = 4.5, so 4. Without the + 1 max_pool1 gives
9.5, so 9, of which conv2 gives (9 - 3)/2 + 1 = 4 as well.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "24x24x16",
    "layers": [
        {"conv": {"K": 24, "F": 3}},
        {"max_pool": 2},
        {"conv": {"K": 32, "F": 3, "S": 2}},
    ],
}
FIRST, SECOND = "conv1.output", "conv2.output"
FOLLOWS = "It follows correctly from your answer 21x21x24 to question 1. "
BY_CHANCE = "it is by chance that the answer comes out the same."


def marked(second: str, show: str = "always") -> Mark:
    asked = {"spec": SPEC, "questions": [FIRST, SECOND], "show": show, "follow_through": 1.0}
    return mark({**asked, "given": False}, {FIRST: "21x21x24", SECOND: second}).marks[1]


def test_all_sizes_that_are_rounded_down_are_told() -> None:
    told = (
        f"{FOLLOWS}Sizes are rounded down at max_pool1 and conv2, for the strides do not fit:"
        " (21 - 2 + 2*0)/2 + 1 = 10.5; (10 - 3 + 2*0)/2 + 1 = 4.5. The right answer"
    )
    assert marked("4x4x32").feedback.startswith(told)


@pytest.mark.parametrize(
    "answer",
    [
        "pool: (21-2)/2 = 9, conv: (9-3)/2+1 = 4 -> 4x4x32",
        "4x4x32 (pool: (21-2)/2 = 9.5, so 9x9x24)",
        "4x4x32 because 21-2 = 19, 19/2 = 9, 9-3 = 6, 6/2 + 1 = 4",
    ],
)
def test_a_wrong_step_is_told_besides(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, found.points) == ("followed through", 1)
    told = "But in your working the + 1 was forgotten at max_pool1, which gives 9 and not 10; "
    assert f" = 4.5. {told}{BY_CHANCE} The right answer" in found.feedback


def test_a_hint_tells_it_without_numbers() -> None:
    told = "for the strides do not fit. But in your working the + 1 was forgotten at max_pool1; "
    found = marked("pool: (21-2)/2 = 9, conv: (9-3)/2+1 = 4 -> 4x4x32", "hint")
    assert found.feedback.endswith(f"{told}{BY_CHANCE}")


@pytest.mark.parametrize(
    "answer",
    [
        "4x4x32",
        "pool: (21-2)/2+1 = 10.5 -> 10, conv: (10-3)/2+1 = 4.5 -> 4x4x32",
        "pool: (21-2)/2 = 9.5, + 1 = 10.5, conv: (10-3)/2+1 = 4.5 -> 4x4x32",
        "4x4x32 (21/2 = 10, (10-3)/2 + 1 = 4)",
    ],
)
def test_nothing_is_told_of_right_steps(answer: str) -> None:
    found = marked(answer)
    assert found.verdict == "followed through"
    assert "in your working" not in found.feedback
