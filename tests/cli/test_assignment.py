"""shapecalc assignment: what is written, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from shapecalc.cli.assignment import FORMATS
from shapecalc.grading import handout

Run = Callable[..., Result]
SPEC = {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}]}


def test_the_formats_offered_are_those_that_are_there() -> None:
    assert list(FORMATS) == list(handout.FORMATS)


def test_the_command_writes_a_sheet_and_refuses_a_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hw.json").write_text(json.dumps({"spec": SPEC, "questions": ["conv1.output"]}))
    result = run("assignment", "hw.json")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Homework\n")
    assert run("assignment", "hw.json", "-o", "hw.json", "--force").exit_code == 2
    (tmp_path / "bad.json").write_text(json.dumps({"spec": SPEC, "questions": ["conv2.output"]}))
    for name in ("bad.json", "missing.json"):
        result = run("assignment", name, "-o", "out.md")
        assert result.exit_code == 2
    assert not (tmp_path / "out.md").exists()


def test_questions_in_each_others_way_are_told_beside_the_sheet(run: Run, tmp_path: Path) -> None:
    questions = {"spec": SPEC, "questions": ["conv1.output", "P(conv1)"]}
    (tmp_path / "hw.json").write_text(json.dumps(questions))
    result = run("assignment", "hw.json")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Homework\n")
    assert "hw.json: questions 1 and 2: P of conv1 follows from its output only" in result.stderr


def test_a_platform_that_compares_letters_is_told_beside_the_quiz(run: Run, tmp_path: Path) -> None:
    ask = "formula(conv1.parameters)"
    chosen = {"id": "q2", "ask": ask, "choices": ["K*C*F*F", "K*C*F*F + K"]}
    questions = {"spec": SPEC, "questions": [ask, chosen]}
    (tmp_path / "hw.json").write_text(json.dumps(questions))
    result = run("assignment", "hw.json", "--format", "gift")
    assert result.exit_code == 0
    told = f"hw.json: {ask}: the platform compares a formula letter by letter"
    assert told in result.stderr
    assert "q2" not in result.stderr
