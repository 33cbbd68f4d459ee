"""check --fix and --diff: edits of the text, byte for byte; what is never written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import shapecalc
from shapecalc import fixing
from shapecalc.cli import fixes

Run = Callable[..., Result]

CASES = {  # before, options, after
    "a misspelt kind": (
        "input: 8x8x1  # grey\nlayers:\n  - cnov: {K: 2, F: 3}   # first\n  - relu\n",
        (),
        "input: 8x8x1  # grey\nlayers:\n  - conv: {K: 2, F: 3}   # first\n  - relu\n",
    ),
    "a misspelt key": (
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3, grups: 1}\n",
        (),
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3, groups: 1}\n",
    ),
    "a misspelt kind with a misspelt key, and one with two": (
        "input: 8x8x1\nlayers:\n  - con: {K: 4, FF: 3}\n  - dens: {unts: 1, flaten: false}\n",
        (),
        "input: 8x8x1\nlayers:\n  - conv: {K: 4, F: 3}\n  - dense: {units: 1, flatten: false}\n",
    ),
    "a framework's word": (
        "input: 8x8x1\nlayers:\n  - Conv2d: {out_channels: 2, kernel_size: 3}\n",
        (),
        "input: 8x8x1\nlayers:\n  - conv: {out_channels: 2, kernel_size: 3}\n",
    ),
    "a stride that does not fit": (
        "input: 10x10x1\nlayers:\n  - conv: {K: 2, F: 3, S: 2}\n",
        ("--unsafe-fixes",),
        None,
    ),
    "a useless bias": (
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - batch_norm\n",
        ("--unsafe-fixes",),
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3, bias: false}\n  - batch_norm\n",
    ),
    "a false claim": (
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3, expect: {output: 5x5x2}}\n",
        ("--unsafe-fixes",),
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3, expect: {output: 6x6x2}}\n",
    ),
}


@pytest.mark.parametrize(
    "layers",
    [
        "  - Conv2d: {in_channels: 1, out_channels: 8, kernel_size: 3}\n",
        "  - flatten\n  - Linear: {in_features: 16, out_features: 10}\n",
    ],
)
def test_what_a_framework_s_field_says_falsely_is_not_taken_out(
    run: Run, tmp_path: Path, layers: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"input: 8x8x3\nlayers:\n{layers}", encoding="utf-8")
    result = run("check", "--fix", "a.yaml")
    assert result.exit_code == 1
    assert "SC301" in result.stdout
    assert path.read_text("utf-8").endswith(layers)


@pytest.mark.parametrize("name", CASES)
def test_a_fix_changes_its_stretch_and_fixing_again_changes_nothing(
    run: Run, tmp_path: Path, name: str
) -> None:
    before, options, after = CASES[name]
    path = tmp_path / "a.yaml"
    path.write_bytes(before.encode())
    result = run("check", "--fix", *options, "a.yaml")
    assert result.exit_code == 0, result.output
    once = path.read_bytes()
    assert once != before.encode()
    assert after is None or once == after.encode()
    assert not shapecalc.check(path)
    run("check", "--fix", *options, "a.yaml")
    assert path.read_bytes() == once


def test_line_ends_and_the_mark_of_utf_8_are_kept(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfinput: 8\r\nlayers:\r\n  - rleu # \xc3\xa4\r\n  - tahn\r\n")
    assert run("check", "--fix", "a.yaml").exit_code == 0
    expected = b"\xef\xbb\xbfinput: 8\r\nlayers:\r\n  - relu # \xc3\xa4\r\n  - tanh\r\n"
    assert path.read_bytes() == expected


def test_what_changes_the_network_is_left_without_being_asked(run: Run, files: Path) -> None:
    before = (files / "faulty.yaml").read_bytes()
    result = run("check", "--fix", "faulty.yaml")
    assert result.exit_code == 1
    assert (files / "faulty.yaml").read_bytes() == before
    assert "0 fixes in 0 files" in result.stderr


def test_only_what_is_selected_is_fixed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 8x8x1\nlayers:\n  - Conv2d: {K: 2, F: 3}\n  - rleu\n", encoding="utf-8")
    run("check", "--fix", "--select", "SC105", "a.yaml")
    assert path.read_text(encoding="utf-8").endswith("  - Conv2d: {K: 2, F: 3}\n  - relu\n")


def test_a_difference_is_shown_and_nothing_is_written(run: Run, files: Path) -> None:
    before = (files / "faulty.yaml").read_bytes()
    result = run("check", "--diff", "--unsafe-fixes", "faulty.yaml", "sound.yaml")
    assert result.exit_code == 1
    assert (files / "faulty.yaml").read_bytes() == before
    lines = result.stdout.splitlines()
    assert lines[:2] == ["--- faulty.yaml", "+++ faulty.yaml"]
    assert [line for line in lines[2:] if line.startswith("-")] == ["-  - conv: {K: 2, F: 3, S: 2}"]
    assert "1 fix in 1 file would be made" in result.stderr
    assert run("check", "--diff", "sound.yaml").exit_code == 0


def test_what_is_left_is_told_beside_the_difference(run: Run, files: Path) -> None:
    result = run("check", "--diff", "faulty.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "SC201" in result.stderr


def test_a_file_that_has_changed_is_not_written_over(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 8\nlayers: [rleu]\n", encoding="utf-8")
    fixed = fixing.fixed

    def and_edited(*about: object) -> object:
        path.write_text("input: 9\nlayers: [rleu]\n", encoding="utf-8")
        return fixed(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(fixes, "fixed", and_edited)
    result = run("check", "--fix", "a.yaml")
    assert result.exit_code == 2
    assert "it has changed" in result.stderr
    assert path.read_text(encoding="utf-8") == "input: 9\nlayers: [rleu]\n"


def test_standard_input_is_not_written_to(run: Run) -> None:
    assert run("check", "--fix", "-", stdin="input: 8\nlayers: [rleu]\n").exit_code == 2
    result = run("check", "--diff", "-", stdin="input: 8\nlayers: [rleu]\n")
    assert "+layers: [relu]" in result.stdout


def test_permissions_stay(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 8\nlayers: [rleu]\n", encoding="utf-8")
    path.chmod(0o640)
    mode = path.stat().st_mode
    run("check", "--fix", "a.yaml")
    assert path.stat().st_mode == mode


def test_comments_are_written_when_asked_for(run: Run, files: Path) -> None:
    result = run("check", "--add-ignore", "warned.yaml", "--strict")
    assert result.exit_code == 0
    text = (files / "warned.yaml").read_text(encoding="utf-8")
    assert text.endswith("{F: 2, S: 3}  # shapecalc: ignore[SC402]\n")
    assert "1 finding silenced in 1 file" in result.stderr
    assert run("check", "--fix", "--add-ignore", "warned.yaml").exit_code == 2


def test_a_useless_comment_is_taken_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 8\nlayers: [relu]  # shapecalc: ignore[SC402]\n", encoding="utf-8")
    assert run("check", "--fix", "a.yaml").exit_code == 0
    assert path.read_text(encoding="utf-8") == "input: 8\nlayers: [relu]\n"


def test_a_read_only_file_is_not_replaced(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 8\nlayers: [rleu]\n", encoding="utf-8")
    # whom the system lets write anything is asked, too
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    result = run("check", "--fix", "a.yaml")
    assert result.exit_code == 2
    assert "a.yaml: it is read-only; nothing is written" in result.stderr
    assert path.read_text(encoding="utf-8") == "input: 8\nlayers: [rleu]\n"


def test_a_comment_that_would_go_with_an_edit_keeps_it_from_being_made(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    text = "input: 8x8x3\nlayers:\n  - conv: {K: 1, F: 3}  # why\n    name: first\n"
    path.write_text(text, encoding="utf-8")
    run("check", "--fix", "--unsafe-fixes", "a.yaml")
    assert path.read_text(encoding="utf-8") in (text, text.replace("}  #", ", name: first}  #"))
