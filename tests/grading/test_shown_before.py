"""Sizes in a working that show a mistake on the way, where one made at the end gives as much.

25x21: conv1 keeps it, 12x10 behind the pool, 12*10*40*12 = 57,600 MACs of conv2. Without its
padding conv1 gives 23x19, the pool 11x9, and conv2 takes 11*9*480 = 47,520; so it does without
its own + 1.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

SPEC: dict[str, Any] = {
    "input": "25x21x3",
    "layers": [{"conv": {"K": 12, "F": 3, "P": 1}}, {"max_pool": 2}, {"conv": {"K": 40, "F": 1}}],
    "rounding": "floor",
}


def cause(asked: str, answer: str | int) -> tuple[str | None, bool]:
    """Return the mistake that is named for an answer, and whether it is only perhaps."""
    (one,) = mark({"spec": SPEC, "questions": [asked]}, {asked: answer}).marks
    return one.misconception, one.perhaps


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("conv2.macs", "47520 (12x23x19, 12x11x9)"),
        ("conv2.macs", "47520 (23x19x12, 11x9x12)"),
        ("conv2.macs", "23x19, 11x9, 11*9*12*40 = 47520"),
        ("conv2.output", "11x9x40 (23x19, then 11x9)"),
    ],
)
def test_sizes_on_the_way_show_where_it_was_made(asked: str, answer: str) -> None:
    assert cause(asked, answer) == ("padding_ignored", False)


@pytest.mark.parametrize(
    "answer", [47520, "47520 (11x9x12)", "47520 (25x21, 11x9)", "47520 (12-1 = 11, 23x19)"]
)
def test_sizes_of_both_or_right_ones_show_nothing(answer: str | int) -> None:
    assert cause("conv2.macs", answer) == ("forgot_plus_one", False)
