"""Mutated files of Caffe through trace() and the commands: a result or findings, never a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from caffe_files import NETS, prototxt
from cases import Case
from mutated_files import COMMANDS, many, no_crash

import shapecalc
from shapecalc.readers.caffe import document


def mutant(
    rng: Random, commands: Sequence[list[str]] = (*COMMANDS, ["report", "--input", "data=9x8x4"])
) -> Case:
    """Return a command for a mutated file."""
    raw = prototxt(rng)
    command, *options = rng.choice(commands)
    return Case([command, "net.prototxt", *options], {"net.prototxt": raw})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


@pytest.mark.parametrize("number", range(len(NETS)))
def test_what_is_mutated_is_read(tmp_path: Path, number: int) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(NETS[number], "utf-8")
    trace = shapecalc.trace(path)
    assert not [found for found in trace.diagnostics if found.severity == "error"]
    assert len(trace.layers) >= 3


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails where a file is damaged: the cases reach it."""
    monkeypatch.setattr(document, "_malformed", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(lambda rng: mutant(rng, [["check"]]), tmp_path, 60)
