"""Mutated files of Keras through trace() and the commands: a result or findings, never a crash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras_files import MODELS, archive, hdf5, keras_file
from trials import tried

import shapecalc
from shapecalc.readers.keras import document

COMMANDS = (
    ["report"],
    ["report", "--format", "json"],
    ["report", "--explain"],
    ["check"],
    ["verify"],
    ["convert"],
    ["convert", "--to", "yaml"],
)
SECONDS = 20.0


def one(folder: Path, seed: int, commands: Sequence[list[str]] = COMMANDS) -> None:
    """Run one mutated file through one command."""
    rng = Random(seed)
    ending, raw = keras_file(rng)
    command, *options = rng.choice(commands)
    case = Case([command, f"net{ending}", *options], {f"net{ending}": raw})
    failure = tried(case, folder / "case", SECONDS)
    assert failure is None, f"{failure}\n{case}"


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
    many(tmp_path, 1500)


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
        many(tmp_path, 60, [["check"]])
