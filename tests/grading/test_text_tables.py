"""Tables of Markdown in a text of answers: an answer a row, or the array of the question above.

The numbers are from a network that is worked out by a plain loop: the 3x3 convolution of the input
below comes to [[1, -1], [1, 4]], the ReLU to [[1, 0], [1, 4]], the dense layer to 0 and 1.5.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.graded import Graded
from shapecalc.grading.submission_file import Found

INPUT = [[1, 0, 2, 2], [0, 3, 1, 0], [2, 1, 0, 1], [0, 0, 1, 2]]
FILTER = [[1, 0, -1], [0, 1, 0], [-1, 0, 0]]
CONV = [[1, -1], [1, 4]]
SHEET: dict[str, Any] = {
    "spec": {
        "input": "4x4x1",
        "layers": [{"conv": {"K": 1, "F": 3}}, "relu", "flatten", {"dense": 2}],
        "example": {
            "given": {
                "input": INPUT, "conv1.weight": FILTER, "conv1.bias": [1],
                "dense1.weight": [[0.5, 1, 0, -0.25], [-0.5, 0, 1, 0.25]],
                "dense1.bias": [0.5, 0],
            }
        },
    },
    "questions": [
        {"id": "q1", "ask": "fits(conv1)"},
        {"id": "q2", "ask": "conv1.parameters"},
        {"id": "q3", "ask": "conv1.value"},
        {"id": "q4", "ask": "dense1.value"},
        {"id": "q5", "ask": "conv1.parameters"},
    ],
}  # fmt: skip


def graded(path: Path, text: str) -> Graded:
    path.write_text(text, encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path), otherwise="stem")]).graded
    return found


def verdicts(found: Graded) -> dict[str, str]:
    return {mark.id: mark.verdict for mark in found.marked.marks if mark.answer}


def test_the_numbers_of_this_file_are_those_of_a_plain_loop() -> None:
    pixels, weights = np.array(INPUT), np.array(FILTER)
    windows = [[pixels[i : i + 3, j : j + 3] for j in range(2)] for i in range(2)]
    assert [[int((w * weights).sum()) + 1 for w in row] for row in windows] == CONV


@pytest.mark.quick(7)
@pytest.mark.parametrize("above", ["3.", "**3.**", "q3:", "## Question 3", "3. see the table:"])
@pytest.mark.parametrize(
    "table",
    [
        "| 1 | -1 |\n|---|---|\n| 1 | 4 |\n",
        "| | |\n|---|---|\n| 1 | -1 |\n| 1 | 4 |\n",
        "| col 0 | col 1 |\n|---|---|\n| 1 | -1 |\n| 1 | 4 |\n",
        "| | c1 | c2 |\n|---|---|---|\n| row 1 | 1 | -1 |\n| row 2 | 1 | 4 |\n",
        "| | 0 | 1 |\n|---|---|---|\n| 0 | 1 | -1 |\n| 1 | 1 | 4 |\n",
        "| r0 | 1 | -1 |\n|---|---|---|\n| r1 | 1 | 4 |\n",
        "| **1** | $-1$ |\n|:-:|:-:|\n| 2/2 | 4,0 |\n",
    ],
)
def test_a_table_below_a_question_is_its_array(tmp_path: Path, above: str, table: str) -> None:
    kept = "q2: 10" if above.startswith("q") else "2. 10"
    found = graded(tmp_path / "a.md", f"{kept}\n{above}\n\n{table}\n")
    assert verdicts(found) == {"q2": "right", "q3": "right"}
    assert not [note for note in found.notes if "not read" in note]


def test_rows_that_begin_with_numbers_of_questions_take_no_answer_away(tmp_path: Path) -> None:
    table = "| 4 | 3 |\n|---|---|\n| 5 | 2 |\n"
    found = graded(tmp_path / "a.md", f"3.\n\n{table}\n4. 0, 1.5\n5. 10\n")
    assert verdicts(found) == {"q3": "wrong", "q4": "right", "q5": "right"}
    assert [mark.answer for mark in found.marked.marks][2] == "[[4, 3], [5, 2]]"


@pytest.mark.parametrize(
    "table",
    [
        "| 1 | |\n|---|---|\n| 1 | 4 |\n",  # a value is missing
        "| c1 | c0 |\n|---|---|\n| 1 | -1 |\n| 1 | 4 |\n",  # another order
        "| minus r0 | 1 | -1 |\n|---|---|---|\n| minus r1 | 1 | 4 |\n",
        "| before | after |\n|---|---|\n| 1 | -1 |\n| 1 | 4 |\n",
    ],
)
def test_what_is_not_plain_in_a_table_is_for_a_person(tmp_path: Path, table: str) -> None:
    assert verdicts(graded(tmp_path / "a.md", f"3.\n\n{table}"))["q3"] == "needs a look"


def test_wrong_values_in_a_table_are_wrong(tmp_path: Path) -> None:
    table = "| 1 | 1 |\n|---|---|\n| -1 | 4 |\n"  # its columns as rows
    assert verdicts(graded(tmp_path / "a.md", f"3.\n\n{table}"))["q3"] == "wrong"


@pytest.mark.parametrize("answer", ["2. 10", "1. yes", "3. [[1, -1], [1, 4]]"])
def test_a_table_below_an_answer_is_no_answer_to_others(tmp_path: Path, answer: str) -> None:
    found = graded(tmp_path / "a.md", f"{answer}\n\n| 4 | 0 |\n|---|---|\n| 5 | 9 |\n")
    assert verdicts(found) == {f"q{answer[0]}": "right"}
    assert found.notes == (
        "Line 3 was not read: `| 4 | 0 |`",
        "Line 5 was not read: `| 5 | 9 |`",
    )


@pytest.mark.parametrize(
    "table",
    [
        "| question | answer |\n|---|---|\n| 2 | 10 |\n| 4 | 0; 1.5 |\n",
        "| # | my answer |\n|---|---|\n| 2 | 10 |\n| 4 | 0; 1.5 |\n",
        "| Exercise | value |\n|---|---|\n| 2 | 10 |\n| 4 | 0; 1.5 |\n",
        "| q2 | 10 |\n|---|---|\n| q4 | 0; 1.5 |\n",
        "| what | how many |\n|---|---|\n| Question 2 | 10 |\n| Question 4 | 0; 1.5 |\n",
    ],
)
def test_a_table_that_names_questions_has_an_answer_a_row(tmp_path: Path, table: str) -> None:
    found = graded(tmp_path / "a.md", f"q1: yes\n\n{table}")
    assert verdicts(found) == {"q1": "right", "q2": "right", "q4": "right"}
    first = graded(tmp_path / "b.md", f"{table}")
    assert verdicts(first) == {"q2": "right", "q4": "right"}


def test_steps_in_a_table_are_no_answers(tmp_path: Path) -> None:
    table = "| step | result |\n|---|---|\n| 1 | 9 |\n| 5 | 11 |\n"
    assert "q5" not in verdicts(graded(tmp_path / "a.md", f"2.\n\n{table}"))


@pytest.mark.parametrize("line", ["-5: 10", "- 5: 10", "\u22125. 10"])
def test_a_negative_number_is_no_questions(tmp_path: Path, line: str) -> None:
    found = graded(tmp_path / "a.txt", f"2. 10\n{line}\n")
    assert ("q5" in verdicts(found)) is line.startswith("- ")


@pytest.mark.parametrize(
    "lines",
    [
        "3. $$\n\\begin{pmatrix}\n1 & -1 \\\\\n1 & 4\n\\end{pmatrix}\n$$",
        "3. $A = \\begin{bmatrix}\n1 & -1 \\\\[2pt]\n\\frac{2}{2} & 4\n\\end{bmatrix}$",
        "## Question 3\n\n$$\nA =\n\\begin{bmatrix} 1 & -1 \\\\ 1 & 4 \\end{bmatrix}\n$$",
        "3. A =\n1 -1\n1 4",
    ],
)
def test_a_matrix_in_latex_goes_on_to_its_end(tmp_path: Path, lines: str) -> None:
    found = graded(tmp_path / "a.md", f"2. 10\n{lines}\n\n4. 0, 1.5\n")
    assert verdicts(found) == {"q2": "right", "q3": "right", "q4": "right"}
    assert not found.notes


def test_nothing_is_blank_where_a_table_may_hold_it(tmp_path: Path) -> None:
    """A title that looks as a question's number is above all answers."""
    table = "| 1 | yes |\n|---|---|\n| 2 | 10 |\n| 5 | 10 |\n"
    found = graded(tmp_path / "a.md", f"# Exercise 3: values\n\n{table}")
    assert {mark.verdict for mark in found.marked.marks} == {"needs a look"}
    table = "| 5 | yes |\n|---|---|\n| 2 | 10 |\n"
    found = graded(tmp_path / "a.md", f"# Exercise 3: values\n\n{table}")
    assert {mark.id: mark.verdict for mark in found.marked.marks}["q1"] == "blank"


@pytest.mark.parametrize("name", ["working", "My calculation", "**Steps**"])
def test_what_is_calculated_in_a_column_of_workings_stands_behind_its_answer(
    tmp_path: Path, name: str
) -> None:
    text = f"""\
| question | answer | {name} |
| --- | --- | --- |
| 2 | 9 | 3*3*1 |
| 3 | ? | 2*2 values? |
| 4 | [0, 1.5] | not sure of the second one |
| 5 | 10 | |
"""
    found = graded(tmp_path / "a.md", text)
    given = {mark.id: mark.answer for mark in found.marked.marks}
    assert given == {"q1": "", "q2": "9   3*3*1", "q3": "?", "q4": "[0, 1.5]", "q5": "10"}
    assert found.marked.marks[1].misconception == "forgot_bias"
    assert verdicts(found) == {"q2": "wrong", "q3": "blank", "q4": "right", "q5": "right"}
