"""shapecalc diff: formats, revisions of git, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_exit_codes_say_whether_it_is_the_same_network(run: Run, files: Path) -> None:
    assert run("diff", "sound.yaml", "sound.yaml").exit_code == 0
    assert run("diff", "sound.yaml", "warned.yaml").exit_code == 1
    assert run("diff", "sound.yaml", "missing.yaml").exit_code == 2
    (files / "broken.yaml").write_text("layers: [", encoding="utf-8")
    result = run("diff", "sound.yaml", "broken.yaml")
    assert result.exit_code == 1
    assert "SC101" in result.stderr


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_formats_and_files(run: Run, files: Path, form: str) -> None:
    result = run("diff", "sound.yaml", "warned.yaml", "--format", form, "-o", "out")
    assert (result.exit_code, result.stdout) == (1, "")
    text = (files / "out").read_text(encoding="utf-8")
    assert "max_pool" in text
    if form == "json":
        assert json.loads(text)["schema"] == "shapecalc.diff/1"


def test_no_name_of_a_layer_leaves_markdown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 8\nlayers: [relu]\n", encoding="utf-8")
    (tmp_path / "b`<x>.yaml").write_text("input: 8\nlayers: [tanh]\n", encoding="utf-8")
    result = run("diff", "a.yaml", "b`<x>.yaml", "--format", "markdown")
    assert result.stdout.startswith("**`a.yaml` and `b'<x>.yaml`: different networks**\n")


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_revision_is_read_from_git(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> None:
        about = (
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "commit.gpgsign=false",
        )
        subprocess.run(("git", *about, *words), cwd=tmp_path, check=True, capture_output=True)

    folder = tmp_path / "nets"
    folder.mkdir()
    path = folder / "a.yaml"
    git("init", "-q", ".")
    path.write_text("input: 8x8x1\nlayers:\n  - max_pool: 2\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    path.write_text("input: 8x8x1\nlayers:\n  - max_pool: 4\n", encoding="utf-8")
    result = run("diff", "nets/a.yaml@HEAD", "nets/a.yaml")
    assert result.exit_code == 1
    assert "F=2 -> 4" in result.stdout
    assert run("diff", "nets/a.yaml@HEAD", "nets/a.yaml@HEAD").exit_code == 0
    for wrong in ("nets/a.yaml@nothing", "nets/b.yaml@HEAD", "nets/a.yaml@--help", "gone/a@HEAD"):
        assert run("diff", wrong, "nets/a.yaml").exit_code == 2, wrong
    assert "no revision nothing" in run("diff", "nets/a.yaml@nothing", "nets/a.yaml").stderr
    assert "none of that name" in run("diff", "nets/b.yaml@HEAD", "nets/a.yaml").stderr
    with monkeypatch.context() as patched:  # what a file may hold, a revision of it may
        patched.setattr("shapecalc.readers.native.MAX_BYTES", 20)
        assert "larger than 20 bytes" in run("diff", "nets/a.yaml@HEAD", "nets/a.yaml").stderr
    (folder / "c@HEAD").write_text("input: 8x8x1\nlayers:\n  - max_pool: 4\n", encoding="utf-8")
    assert run("diff", "nets/c@HEAD", "nets/a.yaml").exit_code == 0  # a path that is there


@pytest.mark.parametrize("name", ["HEAD:nets/a.yaml", "main~1:a.yaml"])
def test_revisions_as_git_has_them_are_told_how_they_are_written(run: Run, name: str) -> None:
    revision, _, path = name.partition(":")
    result = run("diff", name, "a.yaml")
    assert result.exit_code == 2
    assert f"FILE@REVISION, as {path}@{revision}" in result.stderr


@pytest.mark.parametrize("name", ["C:/nets/a.yaml", "gone.yaml", "a:", ":a", "nets/x:y"])
def test_a_file_that_is_not_there_is_nothing_else(run: Run, name: str) -> None:
    assert "REVISION" not in run("diff", name, "a.yaml").stderr
