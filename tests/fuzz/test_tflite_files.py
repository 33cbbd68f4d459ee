"""Mutated files of TensorFlow Lite through trace() and the commands: never a crash, never long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from mutated_files import COMMANDS, many, no_crash
from tflite_files import MODELS, tflite_file

import shapecalc
from shapecalc.readers.tflite import document


def mutant(
    rng: Random, commands: Sequence[list[str]] = (*COMMANDS, ["report", "--input", "9x9x3"])
) -> Case:
    """Return a command for a mutated file."""
    raw = tflite_file(rng)
    command, *options = rng.choice(commands)
    return Case([command, "net.tflite", *options], {"net.tflite": raw})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


@pytest.mark.parametrize("number", range(len(MODELS)))
def test_what_is_mutated_is_read(tmp_path: Path, number: int) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(MODELS[number]().bytes())
    trace = shapecalc.trace(path)
    assert {found.code for found in trace.diagnostics} <= {"SC601", "SC602"}
    assert len(trace.layers) >= 6


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails where a file is damaged: the cases reach it."""
    monkeypatch.setattr(document, "Original", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(lambda rng: mutant(rng, [["check"]]), tmp_path, 60)
