"""An array that stands below a working is the answer, where it has the values asked for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports.feedback import letter
from shapecalc.grading.graded import Graded
from shapecalc.grading.submission_file import Found

INPUT = [1, 2, 3, 4]
WEIGHT = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
WANTED = [1, 1, 1]
GRADIENT = [[-2, -4, -6, -8], [0, 0, 0, 0], [2, 4, 6, 8]]
SHEET: dict[str, Any] = {
    "spec": {
        "input": 4,
        "layers": [{"dense": 3}],
        "example": {
            "given": {"input": INPUT, "dense1.weight": WEIGHT, "dense1.bias": [0, 0, 0]},
            "loss": {"squared_error": WANTED},
        },
    },
    "questions": [
        {"id": "q1", "ask": "dense1.parameters"},
        {"id": "q2", "ask": "dense1.weight.grad"},
        {"id": "q3", "ask": "dense1.value"},
    ],
}
ROWS = "-2 -4 -6 -8\n0 0 0 0\n2 4 6 8"
LATEX = r"$\begin{pmatrix} -2 & -4 & -6 & -8 \\ 0 & 0 & 0 & 0 \\ 2 & 4 & 6 & 8 \end{pmatrix}$"
IN_LINES = LATEX.replace(r"\\", "\\\\\n")
BRACKETS = "[-2 -4 -6 -8; 0 0 0 0; 2 4 6 8]"
LABELLED = "row 1: -2 -4 -6 -8\nrow 2: 0 0 0 0\nrow 3: 2 4 6 8"
TABLE = "| -2 | -4 | -6 | -8 |\n|---|---|---|---|\n| 0 | 0 | 0 | 0 |\n| 2 | 4 | 6 | 8 |"
ABOVE = "$dW = 2(y - t)x^T$ with $y - t = (-1, 0, 1)$, so"


def graded(path: Path, text: str) -> Graded:
    path.write_text(text, encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path), otherwise="stem")]).graded
    return found


def second(path: Path, answer: str) -> tuple[str, list[str]]:
    """Return the verdict on an answer to question 2, and what is told of the text."""
    found = graded(path, f"1. 15\n2. {answer}\n3. [0, 1, 2]\n")
    marks = {mark.id: mark for mark in found.marked.marks}
    assert marks["q1"].verdict == marks["q3"].verdict == "right"
    return marks["q2"].verdict, [note for note in found.notes if "first line" not in note]


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    off = 2 * (np.array(WEIGHT) @ INPUT - WANTED)
    assert np.outer(off, INPUT).tolist() == GRADIENT


@pytest.mark.quick(17)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n```\n"])
@pytest.mark.parametrize(
    "array", [ROWS, LATEX, IN_LINES, BRACKETS, LABELLED, f"dW = {BRACKETS}", f"so {LATEX}"]
)
@pytest.mark.parametrize("above", [ABOVE, "y - t = -1, 0, 1", "\ny - t = (-1, 0, 1)", "outer:"])
def test_an_array_below_a_working_is_the_answer(
    tmp_path: Path, above: str, array: str, between: str
) -> None:
    verdict, notes = second(tmp_path / "a.md", f"{above}{between}{array}")
    assert verdict == "right"
    begins = 2 + above.count("\n") + between.count("\n")
    first = 3 if above.startswith("\n") else 2
    told = f"Line {first} was taken for a working: the answer to question 2 begins at line {begins}"
    assert above == "outer:" or told in notes
    assert not [note for note in notes if "not read" in note]


def test_all_lines_of_a_working_are_named_in_a_sentence(tmp_path: Path) -> None:
    text = f"1. 15\n2. y - t = (-1, 0, 1)\nthe outer product, so\n{BRACKETS}\n3. [0, 1, 2]\n"
    found = graded(tmp_path / "a.md", text)
    told = "Lines 2 to 3 were taken for a working: the answer to question 2 begins at line 4"
    assert told in found.notes
    assert f"{told}." in letter(found, read_assignment(SHEET).policy)


@pytest.mark.parametrize(
    ("above", "verdict"),
    [
        ("p - y = 1 1 1 1", "right"),
        ("$p - y = (1, 1, 1, 1)^T$", "right"),
        ("dW = 1 1 1 1", "needs a look"),
        ("-dW = 1 1 1 1", "needs a look"),
        ("p - y = 1, dW = 1 1 1 1", "needs a look"),
    ],
)
def test_a_difference_as_long_as_a_row_is_none(tmp_path: Path, above: str, verdict: str) -> None:
    assert second(tmp_path / "a.md", f"{above}\n{ROWS}")[0] == verdict


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_table_below_a_working_is_the_answer(tmp_path: Path, between: str) -> None:
    assert second(tmp_path / "a.md", f"{ABOVE}{between}{TABLE}\n")[0] == "right"


@pytest.mark.parametrize("array", [ROWS, LATEX, BRACKETS, LABELLED])
def test_a_wrong_array_below_a_working_is_wrong(tmp_path: Path, array: str) -> None:
    verdict, notes = second(tmp_path / "a.md", f"{ABOVE}\n\n{array.replace('-6', '-7')}")
    assert verdict == "wrong"
    assert [note for note in notes if "question 2 begins" in note]


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "answer",
    [
        f"y - t = (-1, 0, 1)\n\nnot {BRACKETS}",
        f"y - t = (-1, 0, 1)\nwithout the minus: {BRACKETS}",
        f"the opposite of:\n{BRACKETS}",
        f"y - t = (-1, 0, 1), transposed it would be\n{BRACKETS}",
        f"y - t = (-1, 0, 1)\n{BRACKETS}\nno, 2 4 6 8",
        f"y - t = (-1, 0, 1)\n{BRACKETS.replace('8', '9')}\n\n{BRACKETS}",
        f"dW = 1 1 1 1\n{ROWS}",  # a row too many
        f"0 1 2\n{ROWS}",
        f"y - t = (-1, 0, 1)\n{ROWS}\n1 1 1 1 1",
        f"y - t = (-1, 0, 1)\n\n{LATEX.replace('2 & 4', '4')}",  # 11 values
        "y - t = (-1, 0, 1)\n-2 -4 -6 -8\n0 0 0 0\n2 4 6",
    ],
)
def test_what_is_not_plain_is_for_a_person(tmp_path: Path, answer: str) -> None:
    assert second(tmp_path / "a.md", answer)[0] == "needs a look"


@pytest.mark.parametrize(
    "answer",
    [
        f"{BRACKETS.replace('8', '9')}\nwhich is {BRACKETS}",
        f"1 1 1 1\n{ROWS}",  # a matrix of another size
        "1 2 3\n4 5 6\n7 8 9\n-1 -2 -3\n0 0 0",
        "-2 -4 -6 -8\n0 0 0 0\n2 4 6 9",
    ],
)
def test_a_wrong_array_is_not_made_right_by_what_is_below(tmp_path: Path, answer: str) -> None:
    assert second(tmp_path / "a.md", answer)[0] in ("wrong", "needs a look")


def test_an_array_of_another_question_is_not_taken(tmp_path: Path) -> None:
    found = graded(tmp_path / "a.md", f"2. y - t = (-1, 0, 1)\n7) {BRACKETS}\n1. 15\n")
    marks = {mark.id: mark for mark in found.marked.marks}
    assert marks["q2"].verdict == "wrong"
    assert [note for note in found.notes if "Line 2 was not read" in note]


def test_a_right_array_stays_so_whatever_is_below(tmp_path: Path) -> None:
    verdict, notes = second(tmp_path / "a.md", f"{BRACKETS}\n\nup to here 3 values\n[1, 2, 3]")
    assert verdict == "right"
    assert len(notes) == 2


def in_a_cell(path: Path, answer: str) -> str:
    """Return the verdict on an answer to question 2 in a table of everybody's answers."""
    path.write_text(f'name,q1,q2\nEve,15,"{answer}"\n', encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path))]).graded
    marks = {mark.id: mark for mark in found.marked.marks}
    assert marks["q1"].verdict == "right"
    return marks["q2"].verdict


@pytest.mark.quick(4)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("array", [ROWS, LATEX, IN_LINES, BRACKETS, LABELLED])
@pytest.mark.parametrize("above", [ABOVE, "y - t = -1, 0, 1"])
def test_an_array_below_a_working_in_a_cell_is_the_answer(
    tmp_path: Path, above: str, array: str, between: str
) -> None:
    assert in_a_cell(tmp_path / "a.csv", f"{above}{between}{array}") == "right"
    wrong = array.replace("-6", "-7")
    assert in_a_cell(tmp_path / "a.csv", f"{above}{between}{wrong}") in ("wrong", "needs a look")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (ROWS, "right"),
        (f"y - t = (-1, 0, 1)\nnot {BRACKETS}", "needs a look"),
        (f"the opposite of:\n{BRACKETS}", "needs a look"),
        (f"dW = 1 1 1 1\n{ROWS}", "needs a look"),
        (f"1 1 1 1\n{ROWS}", "wrong"),  # a matrix of another size
        ("-2 -4 -6 -8\n0 0 0 0\n2 4 6 9", "wrong"),
    ],
)
def test_lines_of_a_cell_that_are_no_array_below_a_working(
    tmp_path: Path, answer: str, verdict: str
) -> None:
    assert in_a_cell(tmp_path / "a.csv", answer) == verdict


def test_many_lines_below_cost_little(tmp_path: Path) -> None:
    begun = time.process_time()
    rows = "\n".join(["x = 1, 2"] * 28)
    second(tmp_path / "a.md", f"y - t = (-1, 0, 1)\n{rows}\n")
    second(tmp_path / "b.md", f"y - t = (-1, 0, 1)\n{rows * 100}\n")
    second(tmp_path / "c.md", f"y - t = (-1, 0, 1)\n{'{' * 100_000}1\n{'[1 ' * 30_000}\n")
    assert time.process_time() - begun < 5


def third(path: Path, answer: str) -> tuple[str, list[str]]:
    """Return the verdict on an answer to question 3, [0, 1, 2], and what is told of the text."""
    found = graded(path, f"1. 15\n3. {answer}\n2. {BRACKETS}\n")
    marks = {mark.id: mark for mark in found.marked.marks}
    assert marks["q1"].verdict == marks["q2"].verdict == "right"
    return marks["q3"].verdict, [note for note in found.notes if "first line" not in note]


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("W*x = [0, 1, 1]", "Line 2 was"),
        ("\nW*x = [0, 1, 1]", "Line 3 was"),
        ("s = [0, 1, 1]", "Line 2 was"),
        ("s =\n[0, 1, 1]", "Lines 2 to 3 were"),
        ("W*x + b = [0, 1, 1] + b\n= [0, 1, 1] + [0, 0, 1]", "Lines 2 to 3 were"),
    ],
)
@pytest.mark.parametrize("values", ["[0, 1, {}]", "0, 1, {}", "(0 1 {})", "    [0, 1, {}]"])
def test_a_list_that_goes_on_below_what_it_equals_is_the_answer(
    tmp_path: Path, above: str, told: str, values: str
) -> None:
    begins = 3 + above.count("\n")
    note = f"{told} taken for a working: the answer to question 3 begins at line {begins}"
    for number, wanted in ((2, "right"), (7, "wrong")):
        below = values.format(number)
        verdict, notes = third(tmp_path / "a.txt", f"{above}\n= {below}")
        assert verdict == wanted
        assert notes == [note]
    path = tmp_path / "a.csv"
    path.write_text(f'name,q3\nEve,"{above}\n= {values.format(2)}"\n', encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path))]).graded
    assert found.marked.marks[2].verdict == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "[0, 1, 1]\n= [0, 1, 7]",  # perhaps another attempt
        "W*x = [0, 1, 1]\n= [0, 3]",
        "W*x = [0, 1, 1]\n= [0, 1]",
        "W*x = 0, 1, 1\n= 0, 1",
        "W*x = 0 1 1\n= 0 1",
        "W*x = [0, 1, 1]\n= -[0, 1, 7]",
        "W*x = [0, 1, 1]\n= [0, 1, 7]/2",
        "W*x = [0, 1, 1]\n= 2*[0, 1, 7]",
        "W*x = [0, 1, 1]\n= [0, 1, 2]\n= 3",
        "W*x = [0, 1, 1]\n= [0, 1, 2]\nno, wait: [1, 1, 1]",
        "W*x = [0, 1, 1]\n= [0, 1, 2] is wrong",
        "W*x = [0, 1, 1]\n= [0, 1, 2] (with b)",
        "W*x before b = [0, 1, 1]\n= [0, 1, 7]",
        "s = [0, 1, 1]\n= [0, 1, 2]\n= [1, 1, 2]",  # goes on behind the right one
        "s = [0, 1, 2]\n= [0, 1, 1]",
    ],
)
def test_what_goes_on_otherwise_is_for_a_person(tmp_path: Path, answer: str) -> None:
    assert third(tmp_path / "a.txt", answer)[0] == "needs a look"


@pytest.mark.parametrize(
    "line", ["(the 7 is 3 + 4)", "(the 7 is 3 + 2*2 - 0)", "(3 + 4 = 7)", "(e.g. 1 = 1*1 + 0)"]
)
def test_a_working_of_one_of_its_values_stands_below_a_list(tmp_path: Path, line: str) -> None:
    for values in ("[0, 1, 7]", "0\n1\n7"):
        assert third(tmp_path / "a.txt", f"{values}\n{line}")[0] == "wrong"


@pytest.mark.parametrize(
    "line",
    ["(the 7 is 3 - 4)", "(the 2 is 1 + 1)", "(1 + 1 = 2)", "(the 7 is not 3 + 4)",
     "(the 7 is 3 + 4) and 1", "the 7 is 3 + 4"],
)  # fmt: skip
def test_another_line_below_a_list_is_for_a_person(tmp_path: Path, line: str) -> None:
    verdicts = {third(tmp_path / "a.txt", f"{v}\n{line}")[0] for v in ("[0, 1, 7]", "0\n1\n7")}
    assert verdicts <= {"needs a look"}
