"""Mutated weight files: listed, compared or refused, and never a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trials import tried
from weight_files import NETWORK, WRITERS, weight_file

import shapecalc
from shapecalc.readers import weights

COMMANDS = (
    ["report", "{file}"],
    ["report", "--format", "json", "{file}"],
    ["check", "{file}"],
    ["check", "net.yaml", "--weights", "{file}"],
    ["report", "net.yaml", "--weights", "{file}"],
)
SECONDS = 20.0


def one(folder: Path, seed: int, commands: Sequence[list[str]] = COMMANDS) -> None:
    """Run one mutated file through one command."""
    rng = Random(seed)
    ending, raw = weight_file(rng)
    name = f"net{ending}"
    words = [name if word == "{file}" else word for word in rng.choice(commands)]
    case = Case(words, {name: raw, "net.yaml": NETWORK})
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


@pytest.mark.parametrize("ending", WRITERS)
def test_what_is_mutated_fits_the_network(tmp_path: Path, ending: str) -> None:
    for name, raw in ((f"net{ending}", WRITERS[ending]()), ("net.yaml", NETWORK)):
        (tmp_path / name).write_bytes(raw)
    found = shapecalc.check(tmp_path / "net.yaml", weights=tmp_path / f"net{ending}")
    assert not [told for told in found if told.code.startswith("SC7")]


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails where a file is damaged: the cases reach it."""
    monkeypatch.setattr(weights, "Fault", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(tmp_path, 20, [["check", "{file}"]])
