"""A misconception in one file, from outside the package, is named as a cause: grade --plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.misconceptions import MISCONCEPTIONS, register

ROOT = Path(__file__).resolve().parents[3]
MISTAKE = '''
"""The filters given for the parameters."""

from shapecalc.grading.misconceptions import Misconception, Wrong, register


def model(context):
    if context.key == "parameters" and context.weighted:
        yield Wrong(context.weighted.K, f"K = {context.weighted.K}")


register(Misconception("filters_for_parameters", "the filters were counted", model))
'''
ASSIGNMENT: dict[str, Any] = {
    "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]},
    "questions": ["conv1.parameters"],
}
MANY = 40  # files for which another process is started


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `shapecalc grade` on a folder's assignment."""
    command = [sys.executable, "-m", "shapecalc", "grade", *words, "homework.json", "class"]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def marks(folder: Path, *words: str) -> set[tuple[str | None, float, str]]:
    """Return what everybody's 10 for 760 parameters got."""
    done = run(folder, "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    submissions = json.loads(done.stdout)["submissions"]
    given = [mark for submission in submissions for mark in submission["marks"]]
    return {(mark["misconception"], mark["points"], mark["feedback"][:37]) for mark in given}


def homework(folder: Path, students: int, **more: Any) -> None:
    """Write an assignment, some students' answers to it, and a misconception's file."""
    (folder / "homework.json").write_text(json.dumps({**ASSIGNMENT, **more}), encoding="utf-8")
    (folder / "class").mkdir()
    for number in range(students):
        (folder / "class" / f"{number}.json").write_text('{"conv1.parameters": 10}')
    (folder / "my_mistake.py").write_text(MISTAKE, encoding="utf-8")


NAMED = ("filters_for_parameters", 0.5, "Perhaps the filters were counted: K =")


@pytest.mark.slow
@pytest.mark.parametrize(("students", "words"), [(1, ()), (MANY, ("--jobs", "2"))])
def test_a_file_in_a_folder_is_named_and_gets_its_share(
    students: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    homework(tmp_path, students, partial={"filters_for_parameters": 0.5})
    assert marks(tmp_path, "--plugin", "my_mistake.py", *words) == {NAMED}


@pytest.mark.slow
def test_without_it_nobody_knows_the_number(tmp_path: Path) -> None:
    homework(tmp_path, 1)
    ((name, points, _),) = marks(tmp_path)
    assert (name, points) == (None, 0)


def test_a_name_that_is_taken_is_refused_in_one_line(tmp_path: Path) -> None:
    homework(tmp_path, 1)
    text = MISTAKE.replace("filters_for_parameters", "forgot_bias")
    (tmp_path / "my_mistake.py").write_text(text, encoding="utf-8")
    done = run(tmp_path, "--plugin", "my_mistake.py")
    assert done.returncode == 2
    assert "there is a misconception forgot_bias already" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="forgot_bias"):
        register(MISCONCEPTIONS["forgot_bias"])
