"""Mutated weight files: listed, compared or refused, and never a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cases import Case
from mutated_files import many, no_crash
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


def mutant(rng: Random, commands: Sequence[list[str]] = COMMANDS) -> Case:
    """Return a command for a mutated weight file."""
    ending, raw = weight_file(rng)
    name = f"net{ending}"
    words = [name if word == "{file}" else word for word in rng.choice(commands)]
    return Case(words, {name: raw, "net.yaml": NETWORK})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


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
        many(lambda rng: mutant(rng, [["check", "{file}"]]), tmp_path, 20)
