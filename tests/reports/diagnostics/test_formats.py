"""Diagnostics as text and JSON: what a line holds; and every file of the folder is a format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import shapecalc
from shapecalc.diagnostics import Diagnostic
from shapecalc.reports import diagnostics
from shapecalc.rules import Severity

FOLDER = Path(shapecalc.__file__).parent / "reports" / "diagnostics"
PLACED = Diagnostic("SC201", "error", "it does not fit", "S=3 does", "conv1", "layers[0]", 4, 5)
BARE = Diagnostic("SC405", "advice", "it is flattened", "", None, "layers[1]", None, None)


def painted(text: str, severity: Severity) -> str:
    return f"<{severity}>{text}</{severity}>"


@pytest.mark.parametrize("name", diagnostics.FORMATS)
def test_a_format_has_the_name_of_its_file(name: str) -> None:
    assert name == diagnostics.named(name).NAME


def test_every_file_is_a_format() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {*diagnostics.FORMATS}


@pytest.mark.parametrize("name", diagnostics.FORMATS)
def test_a_text_ends_its_last_line(name: str) -> None:
    form = diagnostics.named(name)
    assert form.render([("a.yaml", [PLACED, BARE])]).endswith("\n")
    empty = form.render([])
    assert empty == "" or empty.endswith("\n")


def test_text_has_a_line_each_with_its_place_and_the_hint_below() -> None:
    text = diagnostics.named("text").render([("a.yaml", [PLACED]), ("", [BARE])])
    assert text == (
        "a.yaml:4:5: SC201 error: it does not fit\n    S=3 does\nSC405 advice: it is flattened\n"
    )


def test_text_paints_the_code() -> None:
    text = diagnostics.named("text").render([("a.yaml", [PLACED])], painted)
    assert text.startswith("a.yaml:4:5: <error>SC201</error> error: ")


def test_text_quotes_a_name_that_would_move_the_cursor() -> None:
    text = diagnostics.named("text").render([("a\x1b[2J.yaml", [PLACED])])
    assert "\x1b" not in text


def test_json_lists_all_with_their_files() -> None:
    text = diagnostics.named("json").render([("a.yaml", [PLACED]), ("b.yaml", [BARE])])
    assert json.loads(text) == [
        {"file": "a.yaml", **PLACED.to_dict(), "edits": [], "consequences": []},
        {"file": "b.yaml", **BARE.to_dict(), "edits": [], "consequences": []},
    ]
    assert json.loads(diagnostics.named("json").render([("a.yaml", [])])) == []


OTHER = """
NAME = "lines"
FOR_PEOPLE = False


def render(found, paint=None):
    return "".join(f"{one.line} {one.code}\\n" for _, several in found for one in several)
"""
CHECK = """
import sys
from shapecalc.reports import diagnostics
diagnostics.FORMATS.register("lines")("our_lines")
from shapecalc.cli import main
sys.argv = ["shapecalc", "check", "-q", "--format", "lines", "spec.yaml"]
main()
"""


def test_a_format_of_one_file_is_added_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "our_lines.py").write_text(OTHER, encoding="utf-8")
    spec = "input: 8x8x1\nlayers:\n  - conv: {K: 1, F: 3, S: 2}\n"
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    paths = os.pathsep.join(map(str, (FOLDER.parents[2], tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert (done.returncode, done.stdout) == (1, "3 SC201\n")
