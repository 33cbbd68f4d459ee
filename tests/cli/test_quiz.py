"""shapecalc quiz: sheets, keys and other programs' formats from the command line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from shapecalc.grading.assignment import read_assignment
from shapecalc.readers.yaml_text import read_yaml

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]


def test_a_sheet_and_its_key(run: Run) -> None:
    sheet = run("quiz", "--student", "s1", "-n", "3")
    key = run("quiz", "--student", "s1", "-n", "3", "--key")
    assert sheet.exit_code == key.exit_code == 0
    assert sheet.stdout.startswith("# Shapes of convolutional networks, level 1\n\nSeed 0, student")
    assert "## 3" in sheet.stdout
    assert "## 4" not in sheet.stdout
    assert "Answer: ___" in sheet.stdout
    assert "Answer:" not in key.stdout
    assert "+ 1 = " in key.stdout
    assert sheet.stderr == key.stderr == ""


def test_without_options_there_are_five_problems(run: Run) -> None:
    result = run("quiz")
    assert result.exit_code == 0
    assert "## 5" in result.stdout
    assert "## 6" not in result.stdout


@pytest.mark.parametrize("level", ["1", "2", "3", "4"])
def test_yaml_is_an_assignment(run: Run, tmp_path: Path, level: str) -> None:
    result = run("quiz", "--level", level, "--format", "yaml", "-o", "quiz.yaml")
    assert (result.exit_code, result.output) == (0, "")
    assert read_assignment(tmp_path / "quiz.yaml").usable


def test_a_moodle_file_is_xml(run: Run) -> None:
    result = run("quiz", "--format", "moodle-xml", "-n", "2", "--student", "a<b&c")
    assert ElementTree.fromstring(result.stdout).tag == "quiz"


def test_kinds_are_named(run: Run) -> None:
    result = run("quiz", "--kinds", " conv, fc ", "--level", "2", "-n", "9", "--format", "yaml")
    assert result.exit_code == 0
    layers = [layer for q in read_yaml(result.stdout).data["questions"]
              for layer in q["spec"]["layers"]]  # fmt: skip
    assert {kind for layer in layers for kind in layer} == {"conv", "dense"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kinds", "conv,maxpool"], "'maxpool'; did you mean max_pool?"),
        (["--kinds", "convv"], "'convv'; did you mean conv?"),
        (["--kinds", "Conv2d"], "'Conv2d'; did you mean conv?"),
        (["--kinds", "relu"], "'relu'; there is conv, depthwise_conv, max_pool, avg_pool, dense"),
        (["--kinds", "batch_norm"], "no quiz asks about 'batch_norm'"),
        (["--kinds", " , "], "name at least one of"),
        (["--student", "s" * 201], "longer than 200 characters"),
        (["--format", "gift", "--key"], "gift holds the key already"),
    ],
)
def test_wrong_usage_is_explained(run: Run, words: list[str], said: str) -> None:
    result = run("quiz", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "words",
    [["-n", "0"], ["-n", "201"], ["-n", "x"], ["--level", "5"], ["--level", "0"], ["--seed", "-1"],
     ["--seed", "1" * 5000], ["--format", "pdf"], ["sheet.md"]],
)  # fmt: skip
def test_wrong_usage_is_2(run: Run, words: list[str]) -> None:
    result = run("quiz", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_a_file_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "quiz.md").write_text("mine", encoding="utf-8")
    refused = run("quiz", "-o", "quiz.md")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert (tmp_path / "quiz.md").read_text(encoding="utf-8") == "mine"
    assert run("quiz", "-o", "quiz.md", "--force").exit_code == 0
    assert (tmp_path / "quiz.md").read_bytes().decode() == run("quiz").stdout


@pytest.mark.parametrize("target", ["no/such/folder.md", "."])
def test_a_file_that_cannot_be_written(run: Run, target: str) -> None:
    result = run("quiz", "-o", target)
    assert result.exit_code == 2
    assert target in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("form", ["markdown", "yaml", "gift", "moodle-xml", "text2qti"])
def test_every_process_prints_the_same(spawn: Spawn, form: str) -> None:
    words = ("quiz", "--level", "2", "--student", "é", "-n", "12", "--format", form)
    printed = [
        spawn(*words, env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}) for seed in "17"
    ]
    assert printed[0].returncode == 0
    assert printed[0].stdout == printed[1].stdout != b""
