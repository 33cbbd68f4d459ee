"""shapecalc audit: exit codes, text and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLIDE = "input: 32x32x3\nlayers:\n  - conv: {K: 8, F: 5, expect: {parameters: 208}}\n"


@pytest.fixture
def fit_window(tmp_path: Path) -> Path:
    path = tmp_path / "slide.yaml"
    path.write_text(SLIDE, encoding="utf-8")
    return path


def test_a_misprint_is_code_1_and_has_its_place(run: Any, slide: Path) -> None:
    result = run("audit", str(fit_window))
    assert result.exit_code == 1
    assert f"{slide}:3:" in result.stdout
    assert "208" in result.stdout
    assert "608" in result.stdout
    assert "1 file, 1 printed value checked: 1 misprint" in result.stderr


def test_json(run: Any, slide: Path) -> None:
    result = run("audit", "--format", "json", str(fit_window))
    (found,) = json.loads(result.stdout)
    assert (found["code"], found["line"], found["file"]) == ("SC301", 3, str(fit_window))


def test_the_lectures_are_right(run: Any) -> None:
    result = run("audit", str(ROOT / "specs" / "lectures"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 misprints" in result.stderr


def test_a_path_that_is_not_there_is_code_2_and_the_others_go_on(run: Any, slide: Path) -> None:
    result = run("audit", "nowhere.yaml", str(fit_window))
    assert result.exit_code == 2
    assert "208" in result.stdout
    assert "nowhere.yaml" in result.stderr


def test_an_empty_folder_is_code_2(run: Any, tmp_path: Path) -> None:
    assert run("audit", str(tmp_path)).exit_code == 2


def test_a_dash_reads_standard_input(run: Any, slide: Path) -> None:
    result = run("audit", "-", stdin=SLIDE)
    assert result.exit_code == 1
    assert result.stdout == run("audit", str(fit_window)).stdout.replace(str(fit_window), "-")
    assert "1 file, 1 printed value checked: 1 misprint" in result.stderr


def test_an_assignment_on_standard_input_finds_networks_in_the_current_folder(
    run: Any, slide: Path
) -> None:
    assignment = "spec: slide.yaml\nquestions: [{ask: conv1.parameters, key: 208}]\n"
    result = run("audit", "-", stdin=assignment)
    assert result.exit_code == 1
    assert "-:2:" in result.stdout
    assert "SC507" in result.stdout


@pytest.mark.parametrize("text", ["", "\0\1", "student: Ada\nq1: 3\n", "import torch\n"])
def test_standard_input_may_be_something_else(run: Any, text: str) -> None:
    result = run("audit", "-", stdin=text)
    assert result.exit_code == 1
    assert result.stdout.startswith("-:1:1: SC101 ")
