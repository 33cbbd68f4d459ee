"""report, check, verify and diff as pages, and bars in a terminal: options, files, exit codes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["report", "sound.yaml"], 0),
        (["report", "faulty.yaml"], 1),
        (["report", "."], 1),
        (["check", "sound.yaml"], 0),
        (["check", "."], 1),
        (["audit", "faulty.yaml"], 1),
        (["verify", "sound.yaml"], 0),
        (["verify", "."], 1),
        (["diff", "sound.yaml", "advised.yaml"], 1),
        (["diff", "sound.yaml", "sound.yaml"], 0),
        (["calc", "8x8x1", "conv", "K=2", "F=3"], 0),
    ],
)
def test_a_page_is_one_document(run: Run, files: Path, words: list[str], code: int) -> None:
    result = run(*words, "--format", "html")
    assert result.exit_code == code
    assert result.stdout.startswith("<!DOCTYPE html>")
    assert result.stdout.count("<html") == 1
    assert result.stdout.endswith("</html>\n")


@pytest.mark.quick(2)
@pytest.mark.parametrize("form", ["html", "table", "json"])
@pytest.mark.parametrize("path", ["sound.yaml", "."])
def test_verify_writes_a_file(run: Run, files: Path, form: str, path: str) -> None:
    """What is written is what is printed."""
    printed = run("verify", path, "--format", form)
    result = run("verify", path, "--format", form, "-o", "out.txt")
    assert (result.exit_code, result.stdout) == (printed.exit_code, "")
    assert (files / "out.txt").read_text(encoding="utf-8") == printed.stdout
    assert run("verify", path, "-o", "out.txt").exit_code == 2  # it is there already
    assert run("verify", "sound.yaml", "-o", "sound.yaml", "--force").exit_code == 2


def test_an_index_has_all_files_of_a_folder(run: Run, files: Path) -> None:
    run("check", ".", "--format", "html", "-o", "index.html")
    page = (files / "index.html").read_text(encoding="utf-8")
    assert "4 files checked" in page
    assert all(name in page for name in ("sound.yaml", "faulty.yaml", "warned.yaml"))
    assert "conv: {K: 2, F: 3, S: 2}" in page.replace("<mark>", "").replace("</mark>", "")


def test_nothing_to_report_is_no_page(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    result = run("report", ".", "--format", "html")
    assert (result.exit_code, result.stdout) == (2, "")


def test_bars_are_drawn_and_a_pipe_has_no_colour(run: Run, files: Path) -> None:
    result = run("report", "--bars", "sound.yaml")
    assert result.exit_code == 0
    assert "█" in result.stdout
    assert "\x1b" not in result.stdout
    assert run("report", "--format", "bars", "sound.yaml").stdout == result.stdout
    assert run("report", "--bars", "--format", "json", "sound.yaml").exit_code == 2
    assert run("report", "--bars", "faulty.yaml").exit_code == 1


def test_bars_have_colours_unless_they_are_not_wanted(
    spawn: Callable[..., subprocess.CompletedProcess[bytes]], files: Path
) -> None:
    words = ("report", "--bars", "sound.yaml")
    assert b"\x1b[36m" in spawn(*words, env={"FORCE_COLOR": "1"}).stdout
    assert b"\x1b" not in spawn(*words, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    plain = spawn(*words, env={"PYTHONIOENCODING": "ascii"}).stdout
    assert plain.isascii()
    assert b"####" in plain
    assert b"?" not in plain


def test_bars_in_a_file_are_those_of_eighths(run: Run, files: Path) -> None:
    run("report", "--bars", "sound.yaml", "-o", "bars.txt")
    assert "█" in (files / "bars.txt").read_text(encoding="utf-8")
