"""Mutated files of Keras through trace() and the commands: a result or findings, never a crash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from keras_files import MODELS, archive, hdf5, keras_file
from mutated_files import COMMANDS, many, no_crash

import shapecalc
from shapecalc.readers.keras import document


def mutant(rng: Random, commands: Sequence[list[str]] = COMMANDS) -> Case:
    """Return a command for a mutated file."""
    ending, raw = keras_file(rng)
    command, *options = rng.choice(commands)
    return Case([command, f"net{ending}", *options], {f"net{ending}": raw})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


@pytest.mark.parametrize("ending", [".json", ".keras", ".h5"])
@pytest.mark.parametrize("number", range(len(MODELS)))
def test_what_is_mutated_is_read(tmp_path: Path, number: int, ending: str) -> None:
    raw = written(number)
    raw = {".json": bytes, ".keras": archive, ".h5": hdf5}[ending](raw)
    path = tmp_path / f"net{ending}"
    path.write_bytes(raw)
    trace = shapecalc.trace(path)
    assert not [found for found in trace.diagnostics if found.severity == "error"]
    assert len(trace.layers) >= 4


def written(number: int) -> bytes:
    """Return the JSON of a model."""
    return json.dumps(MODELS[number]).encode()


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails where a file is damaged: the cases reach it."""
    monkeypatch.setattr(document, "_refused", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(lambda rng: mutant(rng, [["check"]]), tmp_path, 60)
