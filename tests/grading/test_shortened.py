"""Where a long answer has little room, the result at its end is shown as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import exports
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports.summary import SUMMARIES
from shapecalc.grading.feedback import given
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.shortened import shortened
from shapecalc.grading.submission_file import Found

SPEC: dict[str, Any] = {"input": "8x8x3", "layers": [{"conv": {"K": 4, "F": 3}}]}
WORKING = "1216 + 1752 + 3488 + 155580 + 488 = 162,524"


def graded(folder: Path, answer: str) -> ClassRun:
    """Return a class of one student."""
    file = folder / "one.json"
    file.write_text(json.dumps({"conv1.parameters": answer}), encoding="utf-8")
    assignment = read_assignment({"spec": SPEC, "questions": ["conv1.parameters"]})
    return grade(assignment, [Found(str(file), "one")])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (WORKING, "1216 + 1752 + 3488 + ... = 162,524"),
        ("1216+1752+3488+155580+1111111+488=1,273,635", "1216+1752+3488+155580+ ... =1,273,635"),
        (f"{WORKING} altogether in it", "1216 + 1752 + 3488 + ... = 162,524 ..."),
        (
            "pool2: (21-2)/2 = 9, conv3: (9-3)/2+1 = 4 -> 4x4x32",
            "pool2: (21-2)/2 = 9, ... -> 4x4x32",
        ),
        (
            "9x9, 5 + 2 + 2 (the pools have no weights at all)",
            "9x9, 5 + 2 + 2 (the pools have no ...",
        ),
        ("x = " + "long " * 10, "x = long long long long long long ..."),  # it is shown anyway
        ("1\a + 2" + " + 3" * 20 + " = 63\n", "1? + 2 + 3 + 3 + 3 + 3 + 3 + ... = 63?"),
        (
            "[[1, 0, 3, 7], [5, 2, -2, 4]]  e.g. 2*1 - 1 = 1",
            "[[1, 0, 3, 7], [5, 2, -2, 4]]  e.g. ...",
        ),
        (
            "0.201   p0 = e^6/(e^6 + e^4.5) = 0.8176, -ln 0.8176",
            "0.201   p0 = e^6/(e^6 + e^4.5) = ...",
        ),
        ("= 162,524", "= 162,524"),
        ("", ""),
    ],
)
def test_the_beginning_and_the_result_are_shown(text: str, shown: str) -> None:
    assert shortened(text, 40) == shown
    assert len(shown) <= 40


def test_tables_and_letters_show_the_result(tmp_path: Path) -> None:
    run = graded(tmp_path, WORKING)
    assert '"1216 + 1752 + 3488 + ... = 162,524", no cause known' in SUMMARIES["table"](run)
    assert "1216 + 1752 + 3488 + ... = 162,524  not right" in exports.render("table", run)
    long = f"{' + '.join(['1000'] * 60)} = 60,000"
    assert given(long).endswith(" ... = 60,000")
    assert len(given(long)) <= 200
