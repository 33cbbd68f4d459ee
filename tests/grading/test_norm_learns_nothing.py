"""Who takes a normalization to learn nothing, and how its right count is told."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

# 16 and 16 for each; 3*3*3*16 + 16 = 448
SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [
        {"conv": {"K": 16, "F": 3}}, "batch_norm", {"batch_norm": {"affine": False}},
        {"batch_norm": {"center": False}},
    ],
}  # fmt: skip


def feedback(path: str, answer: Any) -> tuple[str, str | None, str]:
    (found,) = mark({"spec": SPEC, "questions": [path]}, {path: answer}).marks
    return found.verdict, found.misconception, found.feedback


@pytest.mark.parametrize(
    "answer", [0, "0 - it only normalizes, nothing to learn", "none, it learns nothing"]
)
def test_it_learns_a_scale_and_a_shift(answer: Any) -> None:
    verdict, cause, told = feedback("batch_norm1.parameters", answer)
    assert (verdict, cause) == ("wrong", "norm_learns_nothing")
    assert told.startswith("A normalization was taken to learn nothing: ")
    assert "a scale (gamma) and a shift (beta), 16 of each: 2*16 = 32" in told


@pytest.mark.parametrize("path", ["conv1.parameters", "batch_norm3.parameters", "P(conv1)"])
def test_0_is_no_such_mistake_elsewhere(path: str) -> None:
    assert feedback(path, 0)[1] != "norm_learns_nothing"


def test_without_both_there_is_nothing_to_learn() -> None:
    assert feedback("batch_norm2.parameters", 0)[0] == "right"
