"""A working with other sizes than those that an answer would follow from.

32x32x3: conv1 of 5x5 with P=2 gives 32, max_pool1 16, conv2 of 3x3 with P=1 16 and max_pool2 8.
With P once, conv1 gives 30, max_pool1 15 and conv2 (15 - 3 + 1)/1 + 1 = 14, of which max_pool2
makes 7; so it does of 15, rounded down.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.summed_terms import chains_in

SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 32, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2},
    ],
    "rounding": "floor",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("7x7x64", None),
        ("7x7x64, 30 -> 15 -> 15 -> 7", None),
        ("7x7x64, 30 -> pool 15 -> conv 15 -> pool 7", None),
        ("7x7x64, 30 -> 15 -> 14 -> 7", "padding_once"),
        ("7x7x64, 30 -> pool 15 -> conv 14 -> pool 7", "padding_once"),
        ("30 -> 15 -> 14 -> 7, so 7x7x64", "padding_once"),
    ],
)
def test_what_a_working_gets_to_otherwise_does_not_follow(answer: str, cause: str | None) -> None:
    answers = {"conv1.output": "30x30x32", "max_pool2.output": answer}
    given = {"partial": {"padding_once": 0.5}, "follow_through": 1}
    found = mark({"spec": SPEC, "questions": list(answers), **given}, answers).marks[1]
    assert found.misconception == cause
    assert (found.verdict, found.points) == (
        ("partly right", 0.5) if cause else ("followed through", 1)
    )


def test_sizes_one_after_the_other_may_have_names() -> None:
    assert chains_in("30 -> pool 15 -> conv2 14 -> 7") == [(30, 15, 14, 7)]
    assert chains_in("30 -> a long sentence here 15 -> 14") == []
