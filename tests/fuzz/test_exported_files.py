"""Mutated programs and modules of PyTorch through the commands: a result or findings, no crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import mutations
import pytest
from cases import Case
from exported_files import BEFORE, NOW, attentive, convolutional, exported_file
from mutated_files import COMMANDS, many, no_crash
from torch_files import legacy, module, tensor, zipped

import shapecalc
from shapecalc.readers.pytorch import document

EVERY = (*COMMANDS, ["report", "--input", "16x16x3"])
PROGRAMS = ((convolutional, "linear", 10), (attentive, "mystery", 16))


def sequential(rng: Random) -> Any:
    """Return a Sequential, some of whose attributes are of another kind."""

    def attributes(found: dict[str, Any]) -> dict[str, Any]:
        if rng.random() < 0.5:
            found[rng.choice([*found])] = rng.choice((None, 0, -1, 2**70, "x", (), (1, 2), 0.5, {}))
        return found

    conv = attributes({
        "_parameters": {"weight": tensor((4, 3, 3, 3), "0"), "bias": tensor((4,), "1")},
        "_buffers": {}, "in_channels": 3, "out_channels": 4, "kernel_size": (3, 3),
        "stride": (1, 1), "padding": (1, 1), "dilation": (1, 1), "groups": 1,
        "padding_mode": "zeros",
    })  # fmt: skip
    dense = attributes({
        "_parameters": {"weight": tensor((5, 256), "2"), "bias": None}, "in_features": 256,
        "out_features": 5,
    })  # fmt: skip
    inside = {
        "0": module("conv.Conv2d", conv),
        "1": module("activation.ReLU", attributes({"inplace": True, "_parameters": {}})),
        "2": module("flatten.Flatten", attributes({"start_dim": 1, "end_dim": -1})),
        "3": module("linear.Linear", dense),
    }
    return module("container.Sequential", {"_parameters": {}, "_modules": inside})


def saved_module(rng: Random) -> bytes:
    """Return a mutated Sequential, as torch.save writes it."""
    raw = rng.choice((zipped, legacy))(sequential(rng))
    if rng.random() < 0.5:
        return mutations.flipped(rng, raw)
    return raw[: rng.randint(0, len(raw))] if rng.random() < 0.2 else raw


def mutant(rng: Random, commands: Sequence[list[str]] = EVERY) -> Case:
    """Return a command for a mutated program or module."""
    name, raw = (
        ("net.pt2", exported_file(rng)) if rng.random() < 0.75 else ("net.pt", saved_module(rng))
    )
    command, *options = rng.choice(commands)
    return Case([command, name, *options], {name: raw})


test_no_mutated_file_is_a_crash, test_no_mutated_file_is_a_crash_in_many = no_crash(mutant)


@pytest.mark.parametrize("layout", [NOW, BEFORE])
@pytest.mark.parametrize(("make", "output", "layers"), PROGRAMS)
def test_what_is_mutated_is_read(
    tmp_path: Path, make: Any, output: str, layers: int, layout: str
) -> None:
    path = tmp_path / "net.bin"
    path.write_bytes(make().file(output, layout=layout))
    trace = shapecalc.trace(path)
    assert {found.code for found in trace.diagnostics} <= {"SC601"}
    assert (len(trace.layers), trace.spec.document.format) == (layers, "pytorch")


def test_a_planted_crash_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails where a file is damaged: the cases reach it."""
    monkeypatch.setattr(document, "_damaged", lambda *_: 1 // 0)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        many(lambda rng: mutant(rng, [["check"]]), tmp_path, 60)
