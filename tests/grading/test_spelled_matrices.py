"""Matrices and slices as students spell them.

On the input (1, 2, 0; 0, 1, 3; 2, 0, 1) the filter (1, 0; -1, 0.5) with -1 gives 1 + 0.5 - 1 = 0.5,
2 - 1 + 1.5 - 1 = 1.5, -2 - 1 = -3 and 1 + 0.5 - 1 = 0.5; (1, 0; 0, 1) gives 1 + 1 = 2, 2 + 3 = 5,
0 and 1 + 1 = 2, and (0, 1; -1, 0) with 1 gives 3, 0, 0, 4.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.submission_file import Found

INPUT = [[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]
MATRIX: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}, "relu"],
    "example": {
        "given": {
            "input": INPUT,
            "conv1.weight": [[[[1, 0], [-1, 0.5]]]],
            "conv1.bias": [-1],
        }
    },
}
SLICES: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 2, "F": 2}}],
    "example": {
        "given": {
            "input": INPUT,
            "conv1.weight": [[[[1, 0], [0, 1]]], [[[0, 1], [-1, 0]]]],
            "conv1.bias": [0, 1],
        }
    },
}
ASK = "conv1.value"


def verdict(spec: dict[str, Any], answer: str, ask: str = ASK) -> str:
    return mark({"spec": spec, "questions": [ask]}, {ask: answer}).marks[0].verdict


@pytest.mark.parametrize(
    "answer",
    [
        "top row 0.5, 1.5; bottom row -3, 0.5",
        "top: 0.5, 1.5; bottom: -3, 0.5",
        "top left 0.5, top right 1.5, bottom left -3, bottom right 0.5",
        "top-left = 0.5, top-right = 1.5, bottom-left = -3, bottom-right = 0.5",
        "TL = 0.5, TR = 1.5, BL = -3, BR = 0.5",
        "(0,0): 0.5, (0,1): 1.5, (1,0): -3, (1,1): 0.5",
        "the output is 0.5 1.5 in the first row and -3 0.5 in the second",
        "0.5 and 1.5 in the first row, -3 and 0.5 in the second row",
        "column 1: 0.5, -3; column 2: 1.5, 0.5",
        "left: 0.5, -3; right: 1.5, 0.5",
        "½ 1½; -3 ½",
        "1*1 + 0*-1 + 1*0.5 - 1 = 0.5, 2 + 1*-1 + 1.5 - 1 = 1.5, 2*-1 - 1 = -3, 0.5",
        "[[1.5, 2.5], [-2, 1.5]] + b = [[0.5, 1.5], [-3, 0.5]]",
    ],
)
def test_a_matrix_is_read_by_its_rows_columns_and_places(answer: str) -> None:
    assert verdict(MATRIX, answer) == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "column 1: 0.5, 1.5; column 2: -3, 0.5",
        "first column: 0.5, 1.5; second column: -3, 0.5",
        "left: 0.5, 1.5; right: -3, 0.5",
        "0.5, 1.5 (first column), -3, 0.5 (second column)",
    ],
)
def test_columns_are_not_taken_for_rows(answer: str) -> None:
    assert verdict(MATRIX, answer) == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "top right 0.5, top left 1.5, bottom left -3, bottom right 0.5",
        "bottom: 0.5, 1.5; top: -3, 0.5",
        "TL = 0.5, BL = 1.5, TR = -3, BR = 0.5",
        "(0,0): 0.5, (1,0): 1.5, (0,1): -3, (1,1): 0.5",
        "with bias [[1.5, 2.5], [-2, 1.5]], without bias [[0.5, 1.5], [-3, 0.5]]",
        "before the bias: [[0.5, 1.5], [-3, 0.5]]",
    ],
)
def test_what_has_another_order_or_may_be_another_array_is_for_a_person(answer: str) -> None:
    assert verdict(MATRIX, answer) == "needs a look"


def test_what_a_relu_does_is_worked_out() -> None:
    answer = "max(0,0.5) = 0.5, max(0,1.5) = 1.5, max(0,-3) = 0, max(0,0.5) = 0.5"
    assert verdict(MATRIX, answer, "relu1.value") == "right"
    assert verdict(MATRIX, answer.replace("= 0,", "= -3,"), "relu1.value") == "wrong"


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "answer",
    [
        "The first map is [[2, 5], [0, 2]] and the second is [[3, 0], [0, 4]].",
        "[[2,5],[0,2]] for the first filter, [[3,0],[0,4]] for the second",
        "[[2,5],[0,2]] (filter 1), [[3,0],[0,4]] (filter 2)",
        "1st: [[2,5],[0,2]], 2nd: [[3,0],[0,4]]",
        "(1) [[2,5],[0,2]] (2) [[3,0],[0,4]]",
        "a) [[2,5],[0,2]] b) [[3,0],[0,4]]",
        "K=1: [[2,5],[0,2]], K=2: [[3,0],[0,4]]",
        "slice 0 row 0: 2, 5; slice 0 row 1: 0, 2; slice 1 row 0: 3, 0; slice 1 row 1: 0, 4",
    ],
)
def test_slices_are_read_by_their_names(answer: str) -> None:
    assert verdict(SLICES, answer) == "right"
    assert verdict(SLICES, answer.replace("4", "7")) == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "[[2,5],[0,2]] for the second filter, [[3,0],[0,4]] for the first",
        "K=2: [[2,5],[0,2]], K=1: [[3,0],[0,4]]",
        "(2) [[2,5],[0,2]] (1) [[3,0],[0,4]]",
    ],
)
def test_slices_in_another_order_are_for_a_person(answer: str) -> None:
    assert verdict(SLICES, answer) == "needs a look"


@pytest.mark.parametrize(
    "lines",
    [
        "y00 = 1 + 0.5 - 1 = 0.5\ny01 = 2 - 1 + 1.5 - 1 = 1.5\ny10 = -2 - 1 = -3\ny11 = 0.5",
        "⎡0.5 1.5⎤\n⎣-3 0.5⎦",
        "|0.5 1.5|\n|-3 0.5|",
    ],
)
def test_lines_that_give_a_part_each_are_read_together(tmp_path: Path, lines: str) -> None:
    assert in_a_file(tmp_path, lines) == ("right", ())
    assert in_a_file(tmp_path, lines.replace("1.5|", "2.5|").replace("-3", "-4"))[0] == "wrong"


def test_another_array_below_with_the_same_last_value_is_not_passed_over(tmp_path: Path) -> None:
    """The second line is what counts; the first has the same value at its end."""
    lines = "conv = [[1.5, 2.5], [-2, 0.5]]\nplus b = [[0.5, 1.5], [-3, 0.5]]"
    assert in_a_file(tmp_path, lines)[0] == "needs a look"


def in_a_file(path: Path, lines: str) -> tuple[str, tuple[str, ...]]:
    file = path / "a.md"
    file.write_text(f"{ASK}:\n{lines}\n", encoding="utf-8")
    assignment = read_assignment({"spec": MATRIX, "questions": [ASK]})
    (found,) = grade(assignment, [Found(str(file), otherwise="stem")]).graded
    return found.marked.marks[0].verdict, tuple(found.notes)
