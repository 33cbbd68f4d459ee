"""Answers in the text of a notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.graded import Graded
from shapecalc.grading.notebooks import MOST_CELLS, MOST_ITEMS, MOST_OBJECTS
from shapecalc.grading.submission_file import Found

ASSIGNMENT: dict[str, Any] = {
    "spec": {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, {"max_pool": 2}]},
    "questions": ["conv1.output", "conv1.parameters", "max_pool1.output"],
}


def text(*lines: str, kind: str = "markdown") -> dict[str, Any]:
    """Return a cell as Jupyter writes it: a list of lines with their ends."""
    source = [f"{line}\n" for line in lines[:-1]] + list(lines[-1:])
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def graded(folder: Path, raw: bytes, name: str = "hw.ipynb") -> Graded:
    path = folder / name
    path.write_bytes(raw)
    (found,) = grade(read_assignment(ASSIGNMENT), [Found(str(path), otherwise="hw")]).graded
    return found


def of_cells(*cells: Any) -> bytes:
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_the_lines_of_text_cells_are_read(tmp_path: Path) -> None:
    cells = (
        text("# Homework 3", "Name: Ann Lee", "", "1. **24x24x10**"),
        {"cell_type": "markdown", "source": "| question | answer |\n|---|---|\n| 2 | 760 |"},
        text("3. 12x12x10", kind="raw"),
    )
    found = graded(tmp_path, of_cells(*cells))
    assert found.student == "Ann Lee"
    assert [mark.verdict for mark in found.marked.marks] == ["right"] * 3
    assert not found.notes


def test_an_answer_is_told_without_the_backslashes_of_its_text(tmp_path: Path) -> None:
    """5*5*10 + 10 = 260 without the depth of the filters, 3."""
    found = graded(tmp_path, of_cells(text("1. 24x24x10", r"2. 5\*5\*10 + 10 = 260")))
    mark = found.marked.marks[1]
    assert (mark.misconception, mark.answer) == ("forgot_depth", "5*5*10 + 10 = 260")


def test_code_is_not_read_and_that_is_told(tmp_path: Path) -> None:
    """An answer may stand there: what has none elsewhere is for a person."""
    code = text("print('1. 24x24x10')", "2 = 760", kind="code")
    found = graded(tmp_path, of_cells(text("1. 24x24x10", "what?"), code, text("", kind="code")))
    assert [mark.verdict for mark in found.marked.marks] == [
        "right",
        "needs a look",
        "needs a look",
    ]
    assert found.notes == (
        "Cell 1, line 2 was not read: `what?`",
        "The code of 1 cell was not read",
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'{"cells": [', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'{"nbformat": 4}', "no cells"),
        (b'{"cells": {"a": 1}}', "no cells"),
        (b"[1]", "no cells"),
        (of_cells(*[{}] * (MOST_CELLS + 1)), "more than 2,000 cells"),
        (of_cells({"a": [[]] * (MOST_OBJECTS + 1)}), "clear the notebook's outputs"),
        (of_cells({"a": [1] * (MOST_ITEMS + 1)}), "clear the notebook's outputs"),
        (of_cells(), "no line begins with the id of a question"),
        (of_cells(1, None, {"source": 5}, {"cell_type": ["markdown"], "source": [1]}), "no line"),
    ],
)
def test_what_is_no_notebook_of_answers_is_refused(tmp_path: Path, raw: bytes, told: str) -> None:
    found = graded(tmp_path, raw)
    assert not found.gradable
    assert not found.failed
    assert told in found.marked.reason


def test_tags_and_entities_in_a_cell_move_no_line(tmp_path: Path) -> None:
    cells = (text("1. 24x24x10<br>2. 760", "&lt;p&gt;", "3. 12x12x10"), text("well"))
    found = graded(tmp_path, of_cells(*cells))
    assert [mark.verdict for mark in found.marked.marks] == ["right"] * 3
    assert [note.partition(": ")[2] for note in found.notes if "was not read" in note] == ["`well`"]
