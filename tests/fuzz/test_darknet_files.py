"""Mutated files of Darknet through the commands: a result or findings, never a crash."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from cases import Case
from darknet_files import SOUND, darknet_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trials import tried

import shapecalc

COMMANDS = (
    ["report"],
    ["report", "--format", "json"],
    ["report", "--explain", "--input", "16x16x3"],
    ["check"],
    ["verify"],
    ["convert"],
    ["convert", "--to", "yaml"],
)
SECONDS = 20.0
MOST_VALUES = 10**6  # that verify is given to run


def one(folder: Path, seed: int) -> None:
    """Run one mutated file through one command."""
    rng = Random(seed)
    raw = darknet_file(rng).encode("utf-8", "replace")
    command, *options = rng.choice(COMMANDS)
    if command == "verify" and not is_small(raw, folder):
        return
    case = Case([command, "net.cfg", *options], {"net.cfg": raw})
    failure = tried(case, folder / "case", SECONDS)
    assert failure is None, f"{failure}\n{case}"


def is_small(raw: bytes, folder: Path) -> bool:
    """Say whether a network is known to have few values, or cannot be run."""
    path = folder / "small.cfg"
    path.write_bytes(raw)
    totals = shapecalc.trace(path).totals
    return all((totals[key] or 0) <= MOST_VALUES for key in ("activations", "parameters", "macs"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_no_mutated_file_is_a_crash(tmp_path: Path, seed: int) -> None:
    one(tmp_path, seed)


@pytest.mark.slow
def test_no_mutated_file_is_a_crash_in_many(tmp_path: Path) -> None:
    for seed in range(1500):
        one(tmp_path, seed)


def test_what_is_mutated_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(SOUND, encoding="utf-8")
    assert {found.severity for found in shapecalc.trace(path).diagnostics} <= {"advice"}
