"""A mistake that the number before rounding shows, where the answer follows from own ones as well.

65x65x3: conv1 gives (65 - 7 + 6)/2 + 1 = 33, and without the + 1 32; of 32, max_pool1 gives
(32 - 3 + 2)/2 + 1 = 16.5, rounded down 16, and without the + 1 15.5, rounded up 16; without the
padding (32 - 3)/2 + 1 = 15.5 as well.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "65x65x3",
    "layers": [
        {"conv": {"K": 32, "F": 7, "S": 2, "P": 3}},
        {"max_pool": {"F": 3, "S": 2, "P": 1}},
    ],
}
CONV, POOL = "conv1.output", "max_pool1.output"
FORGOT = "32x32x32, since (65 - 7 + 6)/2 = 32"


def marked(conv: str, pool: str) -> Mark:
    asked = {"spec": SPEC, "questions": [CONV, POOL], "show": "always"}
    credit = {"partial": {"forgot_plus_one": 0.25, "padding_ignored": 0.2}, "follow_through": 1.0}
    return mark({**asked, **credit}, {CONV: conv, POOL: pool}).marks[1]


@pytest.mark.parametrize(
    ("conv", "pool"),
    [
        (FORGOT, "16 x 16 x 32 (15.5, rounded up)"),
        (FORGOT, "16x16x32, 15.5 rounding it up"),
        (FORGOT, "16x16x32, ceil(15.5)"),
        ("32x32x32", "16x16x32, (32-3+2)/2 = 15.5 rounded up"),
    ],
)
def test_a_number_that_is_rounded_up_shows_the_plus_one_that_was_forgotten(
    conv: str, pool: str
) -> None:
    found = marked(conv, pool)
    assert (found.verdict, found.points, found.misconception) == (
        "partly right", 0.25, "forgot_plus_one",
    )  # fmt: skip
    told = "the + 1 was forgotten: with your answer 32x32x32 to question 1, "
    assert f"{told}ceil((32 - 3 + 2*1)/2) = 16, so 16x16x32" in found.feedback


def test_the_formula_tells_which_mistake_it_is() -> None:
    found = marked("32x32x32", "16x16x32, (32-3)/2 + 1 = 15.5 rounded up")
    assert (found.points, found.misconception) == (0.2, "padding_ignored")


@pytest.mark.parametrize(
    ("conv", "pool"),
    [
        (FORGOT, "16x16x32 (16.5, rounded down)"),
        (FORGOT, "16x16x32"),
        (FORGOT, "16x16x32, (32-3+2)/2 = 15.5, rounded down 15, + 1 = 16"),
        (FORGOT, "16x16x32 (15.5)"),  # 15 and 1 more
        (FORGOT, "16x16x32 (16.5 is not rounded up)"),
        (FORGOT, "16x16x32 (15.7, rounded up)"),  # what no mistake gives
        ("36x36x32", "18x18x32 (17.5, rounded up)"),  # without the + 1 or the padding
    ],
)
def test_what_shows_no_such_number_follows(conv: str, pool: str) -> None:
    found = marked(conv, pool)
    assert (found.verdict, found.points) == ("followed through", 1.0)
