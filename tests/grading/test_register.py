"""A misconception in one file, from outside the package, is named as a cause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shapecalc.grading.misconceptions import misconceptions, register

ROOT = Path(__file__).resolve().parents[2]
MISTAKE = '''
"""The filters given for the parameters."""

from shapecalc.grading.misconceptions import register
from shapecalc.grading.misconceptions.question_context import Misconception, Wrong


def model(context):
    if context.key == "parameters" and context.weighted:
        yield Wrong(context.weighted.K, f"K = {context.weighted.K}")


register(Misconception("filters_for_parameters", "the filters were counted", model))
'''
MARK = """
import json, sys
if sys.argv[1]:
    __import__(sys.argv[1])
from shapecalc.grading import mark
spec = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]}
partial = {"filters_for_parameters": 0.5} if sys.argv[1] else {}
given = {"spec": spec, "questions": ["conv1.parameters"], "partial": partial}
(found,) = mark(given, {"conv1.parameters": 10}).marks
print(json.dumps([found.misconception, found.points, found.feedback]))
"""


def marked(folder: Path, module: str) -> tuple[str | None, float, str]:
    """Mark 10 given for 760 parameters in a process of its own, where a module was imported."""
    paths = os.pathsep.join(map(str, (ROOT, folder)))
    done = subprocess.run(
        [sys.executable, "-c", MARK, module],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    name, points, feedback = json.loads(done.stdout)
    return name, points, feedback


def test_a_file_in_a_folder_is_named_and_gets_its_share(tmp_path: Path) -> None:
    (tmp_path / "my_mistake.py").write_text(MISTAKE, encoding="utf-8")
    name, points, feedback = marked(tmp_path, "my_mistake")
    assert (name, points) == ("filters_for_parameters", 0.5)
    assert feedback.startswith("the filters were counted: K = 10; ")


def test_without_it_nobody_knows_the_number(tmp_path: Path) -> None:
    assert marked(tmp_path, "")[:2] == (None, 0)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="already is a misconception forgot_bias"):
        register(next(m for m in misconceptions() if m.name == "forgot_bias"))
