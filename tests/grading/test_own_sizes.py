"""A mistake made again that gives the same wrong volume of the student's own size as of the right
one, by rounding.

24x24x16: conv1 gives 24 - 3 + 1 = 22, max_pool1 11, conv2 (11 - 3)/2 + 1 = 5. With `same` conv1
gives 24, so that max_pool1 gives 12, and conv2 12/2 = 6; of 11 it is 5.5, rounded up 6 as well.
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
SAME = "he padding was taken to be same: "
OWN = f"Again t{SAME}with your answer 24x24x24 to question 1, ceil(12/2) = 6"
RIGHT = f" Again t{SAME}ceil(11/2) = 6"


def marked(first: str, second: str, **more: Any) -> Mark:
    asked = {"spec": SPEC, "questions": [FIRST, SECOND], "show": "always", "given": False}
    return mark({**asked, **more}, {FIRST: first, SECOND: second}).marks[1]


@pytest.mark.parametrize(
    "answer",
    [
        "6x6x32",
        "6x6x32 (pool 24/2 = 12, 12/2 = 6)",
        "12x12x24 -> 6x6x32",
        "ceil(12/2) = 6, 6x6x32",
    ],
)
def test_it_is_made_with_the_size_that_they_have(answer: str) -> None:
    found = marked("24x24x24", answer)
    assert (found.verdict, found.misconception) == ("wrong", "same_assumed")
    assert OWN in found.feedback


@pytest.mark.parametrize(
    "answer",
    ["6x6x32 (pool 22/2 = 11)", "6x6x32, from 11x11x24", "6x6x32 (11/2 = 5.5, rounded up)"],
)
def test_a_working_may_have_the_right_size(answer: str) -> None:
    feedback = marked("24x24x24", answer).feedback
    assert RIGHT in feedback
    assert "question 1" not in feedback


def test_it_need_not_be_certain() -> None:
    """25, wherever it is from, gives 12 as well; (12 - 3)/2 + 1 = 5.5 is 6, rounded up."""
    found = marked("25x25x24", "6x6x32")
    assert found.perhaps
    with_own = f"Perhaps with your answer 25x25x24 to question 1, t{SAME}ceil(12/2) = 6"
    assert with_own in found.feedback
    assert "; or the size was rounded up, not down: ceil((12 - 3" in found.feedback


# 49 - 3 + 1 = 47, (47 - 3)/2 + 1 = 23; of 48 it is 23.5, and 48/2 = 24
POOLED = {
    "input": "49x49x3",
    "layers": [{"conv": {"K": 8, "F": 3}}, {"max_pool": {"F": 3, "S": 2}}],
}


@pytest.mark.parametrize(
    ("answer", "cause", "perhaps"),
    [
        ("24x24x8", "same_assumed", True),
        ("24x24x8, 48/2 = 24", "same_assumed", False),
        ("24x24x8, (48-3)/2 + 1 = 23.5", "ceil_for_floor", False),
    ],
)
def test_rounding_up_may_come_to_the_same(answer: str, cause: str, perhaps: bool) -> None:
    asked = {"spec": {**POOLED, "rounding": "floor"}, "questions": [FIRST, "max_pool1.output"]}
    found = mark(asked, {FIRST: "48x48x8", "max_pool1.output": answer}).marks[1]
    assert (found.misconception, found.perhaps) == (cause, perhaps)
    both = "; or the size was rounded up, not down: ceil((48 - 3 + 2*0)/2) + 1 = 24"
    assert (both in found.feedback) == perhaps


def test_an_own_depth_changes_nothing_of_it() -> None:
    assert "question 1" not in marked("22x22x20", "6x6x32").feedback


@pytest.mark.parametrize(("answer", "told"), [("6x6x32", RIGHT), ("6x6x32, 12/2 = 6", OWN)])
def test_a_question_may_tell_the_right_size(answer: str, told: str) -> None:
    assert told in marked("24x24x24", answer, given=True).feedback
