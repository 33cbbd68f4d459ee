"""Brackets behind a plain list that say something in passing, and such as correct it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# [1 -1; 0 1] slides over 3x3: 2-1+1 = 2, 1-0-2 = -1, 0-1+0 = -1, 1+2+5 = 8; relu: 2, 0, 0, 8.
CONV: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}, "relu"],
    "example": {
        "given": {
            "input": [[2, 1, 0], [0, 1, -2], [4, 0, 5]],
            "conv1.weight": [[1, -1], [0, 1]],
            "conv1.bias": [0],
        },
    },
}


@cache
def marker(ask: str) -> Marker:
    return Marker(read_assignment({"spec": CONV, "questions": [{"id": "a", "ask": ask}]}))


def verdict(text: str, ask: str = "relu1.value") -> str:
    return marker(ask).mark("one", {"a": text}).marks[0].verdict


@pytest.mark.parametrize(
    "remark",
    [
        "relu first: the -1s become 0, does not matter here",
        "the -1s become 0, which doesn't matter",
        "after the 2x2 window",
        "stride 1, not 2",
        "I used padding 0, not 1",
        "not needed: the negative ones are 0",
        "relu, so no negative values",
        "conv, no padding",
        "set all the negative values to 0",
        "the maximum is in the first row",
        "the second is 0",
        "the first value is 2.0",
    ],
)
def test_what_is_said_in_passing_behind_a_list_leaves_it(remark: str) -> None:
    assert verdict(f"[[2, 0], [0, 8]] ({remark})") == "right"
    assert verdict(f"2 0; 0 8 ({remark})") == "right"
    assert verdict(f"[[2, 0], [0, 7]] ({remark})") in ("wrong", "partly right")


@pytest.mark.parametrize(
    "remark",
    [
        "no, the second is 3",
        "or 2",
        "the second is 3",
        "the second is 2",
        "the last one is 5",
        "the last should be 5, does not matter here",
        "without relu -3",
        "no relu",
        "stride 1, not 2, so 3",
        "with relu: 2, 0, 0, 4",
        "flattened: 2 0 0 4",
        "does not matter except for the last one",
    ],
)
def test_brackets_that_may_correct_a_list_wait(remark: str) -> None:
    assert verdict(f"[[2, 0], [0, 8]] ({remark})") == "needs a look"
    assert verdict(f"2 0; 0 8 ({remark})") == "needs a look"


def test_what_is_to_be_done_to_negative_values_is_not_said_in_passing_of_them() -> None:
    text = "[[2, -1], [-1, 8]] (set the negatives to 0)"
    assert verdict(text) == verdict(text, "conv1.value") == "needs a look"
