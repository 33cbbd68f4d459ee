"""What a class is told of a mistake that its students are told of in several ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports.feedback import feedback
from shapecalc.grading.exports.table import render
from shapecalc.grading.submission_file import Found

SQUARE: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": {"units": 2, "bias": False}}],
    "example": {
        "given": {"input": [5, 6], "dense1.weight": [[1, 2], [3, 4]]},
        "upstream": {"dense1": [1, 10]},
    },
}
VALUE, GRADIENT = "dense1.value", "dense1.weight.grad"
OF_WEIGHTS = "rows and columns of the weights were swapped; a row holds the weights of one unit"
OF_GRADIENT = "rows and columns were swapped; as in the weights, a row belongs to a unit"
OF_ALL = "rows and columns were swapped; a row belongs to a unit"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([VALUE], f"2 students: {OF_WEIGHTS}"),
        ([GRADIENT], f"2 students: {OF_GRADIENT}"),
        ([VALUE, GRADIENT], f"2 students (4 answers): {OF_ALL}"),
    ],
)
def test_swapped_rows_of_a_gradient_are_none_of_the_weights(
    tmp_path: Path, asked: list[str], told: str
) -> None:
    """1*5 + 3*6 = 23 and 2*5 + 4*6 = 34; the gradient is [1*5, 1*6], [10*5, 10*6]."""
    answers = {VALUE: [23, 34], GRADIENT: [[5, 50], [6, 60]]}
    found = []
    for name in ("Ada", "Ben"):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({ask: answers[ask] for ask in asked}), encoding="utf-8")
        found.append(Found(str(file), name))
    run = grade(read_assignment({"spec": SQUARE, "questions": asked}), found)
    assert "".join(render(run)).rstrip().endswith(told)
    letters = {VALUE: OF_WEIGHTS, GRADIENT: OF_GRADIENT}
    for item in run.graded:
        for ask, mark in zip(asked, item.marked.marks, strict=True):
            assert letters[ask].lower() in feedback(mark).lower()
