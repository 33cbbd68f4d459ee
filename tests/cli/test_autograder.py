"""shapecalc autograder: an archive is written, or why not is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import Result


def test_the_command_writes_an_archive(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.json").write_text('{"input": "8x8x1", "layers": ["relu"]}')
    (tmp_path / "hw.yaml").write_text("spec: net.json\nquestions: [relu1.output]\n")
    assert "write -o autograder.zip" in run("autograder", "hw.yaml").stderr
    done = run("autograder", "hw.yaml", "-o", "a.zip")
    assert (done.exit_code, done.stdout) == (0, "")
    with zipfile.ZipFile("a.zip") as packed:
        assert {"setup.sh", "course/assignment.yaml", "course/net.json"} <= {*packed.namelist()}
    assert run("autograder", "hw.yaml", "-o", "a.zip").exit_code == 2  # it is there already
    (tmp_path / "hw.yaml").write_text("spec: net.json\nquestions: [relu9.output]\n")
    faulty = run("autograder", "hw.yaml", "-o", "b.zip")
    assert (faulty.exit_code, Path("b.zip").exists()) == (2, False)
    assert "SC505" in faulty.stdout

    def nowhere(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", nowhere)
    (tmp_path / "hw.yaml").write_text("spec: net.json\nquestions: [relu1.output]\n")
    assert "install it from there first" in run("autograder", "hw.yaml", "-o", "b.zip").stderr
