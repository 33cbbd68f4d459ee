"""Mutated ONNX files through trace() and the commands: a result or findings, never a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from mutated_files import COMMANDS, many, no_crash
from onnx_files import GRAPHS, model, onnx_file

import shapecalc
from shapecalc.readers.onnx import spec


def mutant(
    rng: Random, commands: Sequence[list[str]] = (*COMMANDS, ["report", "--input", "8x8x3"])
) -> Case:
    """Return a command for a mutated file."""
    raw = onnx_file(rng)
    command, *options = rng.choice(commands)
    return Case([command, "net.onnx", *options], {"net.onnx": raw})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


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
        many(lambda rng: mutant(rng, [["check"]]), tmp_path, 60)
