"""Mutated files of Darknet through the commands: a result or findings, never a crash."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from cases import Case
from darknet_files import SOUND, darknet_file
from mutated_files import COMMANDS, no_crash

import shapecalc

MOST_VALUES = 10**6  # that verify is given to run


def mutant(rng: Random) -> Case | None:
    """Return a command for a mutated file, or None for a network that verify would run long."""
    raw = darknet_file(rng).encode("utf-8", "replace")
    command, *options = rng.choice((*COMMANDS, ["report", "--explain", "--input", "16x16x3"]))
    if command == "verify" and not is_small(raw):
        return None
    return Case([command, "net.cfg", *options], {"net.cfg": raw})


def is_small(raw: bytes) -> bool:
    """Say whether a network is known to have few values, or cannot be run."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.cfg")
        path.write_bytes(raw)
        totals = shapecalc.trace(path).totals
    return all((totals[key] or 0) <= MOST_VALUES for key in ("activations", "parameters", "macs"))


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


def test_what_is_mutated_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(SOUND, encoding="utf-8")
    assert {found.severity for found in shapecalc.trace(path).diagnostics} <= {"advice"}
