"""Mutated ONNX files through trace() and the commands: a result or findings, never a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx_files import GRAPHS, model, onnx_file
from trials import tried

import shapecalc
from shapecalc.readers.onnx import spec

COMMANDS = (
    ["report"],
    ["report", "--format", "json"],
    ["report", "--explain"],
    ["report", "--input", "8x8x3"],
    ["check"],
    ["verify"],
    ["convert"],
    ["convert", "--to", "yaml"],
)
SECONDS = 20.0


def one(folder: Path, seed: int, commands: Sequence[list[str]] = COMMANDS) -> None:
    """Run one mutated file through one command."""
    rng = Random(seed)
    raw = onnx_file(rng)
    command, *options = rng.choice(commands)
    case = Case([command, "net.onnx", *options], {"net.onnx": raw})
    failure = tried(case, folder / "case", SECONDS)
    assert failure is None, f"{failure}\n{seed} {case.words}"


def many(folder: Path, count: int, commands: Sequence[list[str]] = COMMANDS) -> None:
    """Run the first cases."""
    for seed in range(count):
        one(folder, seed, commands)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_no_mutated_file_is_a_crash(tmp_path: Path, seed: int) -> None:
    one(tmp_path, seed)


@pytest.mark.slow
def test_no_mutated_file_is_a_crash_in_many(tmp_path: Path) -> None:
    many(tmp_path, 3000)


@pytest.mark.parametrize("made", GRAPHS)
def test_what_is_mutated_is_read(tmp_path: Path, made: object) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(model(made()))  # type: ignore[operator]
    trace = shapecalc.trace(path)
    assert not [found for found in trace.diagnostics if found.severity == "error"]
    assert len(trace.layers) >= 4


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails at what has no kind: the cases reach it."""
    monkeypatch.setattr(spec.Translation, "_opaque", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(tmp_path, 60, [["check"]])
