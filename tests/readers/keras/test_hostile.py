"""Hostile files of Keras through the whole pipeline: a finding of the right code."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.readers.keras import structure

CONV = {"filters": 2, "kernel_size": [3, 3], "padding": "valid", "name": "conv"}


def stack(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a Sequential model of layers: each its class and its configuration."""
    first = {"batch_input_shape": [None, 8, 8, 3]}
    written = [
        {"class_name": kind, "config": config | (first if not index else {})}
        for index, (kind, config) in enumerate(layers)
    ]
    return {"class_name": "Sequential", "config": {"name": "net", "layers": written}}


SOUND = stack(("Conv2D", CONV), ("Flatten", {}), ("Dense", {"units": 3}))
TEXT = json.dumps(SOUND).encode()


def archive(members: dict[str, bytes]) -> bytes:
    """Return an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in members.items():
            made.writestr(name, raw)
    return file.getvalue()


SAVED = archive({"metadata.json": b"{}", "config.json": TEXT, "model.weights.h5": b""})


def merge(count: int) -> bytes:
    """Return a model in which a layer is called with a tensor so many times at once."""
    image = {
        "class_name": "InputLayer",
        "name": "x",
        "config": {"name": "x", "batch_shape": [None, 4]},
        "inbound_nodes": [],
    }
    total = {
        "class_name": "Add",
        "name": "sum",
        "config": {"name": "sum"},
        "inbound_nodes": [[["x", 0, 0]] * count],
    }
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["sum", 0, 0]]}
    return json.dumps(
        {"class_name": "Model", "config": {"name": "n", "layers": [image, total]} | ends}
    ).encode()


def found(tmp_path: Path, name: str, raw: bytes) -> list[str]:
    """Return the codes and messages of a file's errors."""
    path = tmp_path / name
    path.write_bytes(raw)
    return [f"{d.code} {d.message}" for d in shapecalc.trace(path).diagnostics]


@pytest.mark.parametrize(
    ("config", "said"),
    [(b"", "neither JSON"), (b"\xff\xfe\0", "not UTF-8"), (b"hello", "neither JSON")],
)
def test_an_archive_of_keras_with_no_configuration_is_damaged(
    tmp_path: Path, config: bytes, said: str
) -> None:
    (one,) = found(tmp_path, "a.keras", archive({"metadata.json": b"{}", "config.json": config}))
    assert one.startswith("SC603")
    assert said in one
    path = tmp_path / "a.keras"
    (diagnostic,) = shapecalc.trace(path).diagnostics
    assert "config.json" in diagnostic.where


@pytest.mark.parametrize("end", [5, 31, 42, len(SAVED) // 2, len(SAVED) - 30, len(SAVED) - 1])
def test_an_archive_that_is_cut_short_is_called_damaged(tmp_path: Path, end: int) -> None:
    (one,) = found(tmp_path, "a.keras", SAVED[:end])
    assert one.startswith("SC603 a damaged archive")
    assert [code for code in found(tmp_path, "b.keras", SAVED) if code.startswith("SC603")] == []


@pytest.mark.parametrize("name", ["config.json", "metadata.json"])
def test_an_encrypted_member_is_named(tmp_path: Path, name: str) -> None:
    raw = bytearray(SAVED)
    place = raw.index(b"PK\x01\x02")
    while raw[place + 46 : place + 46 + len(name)] != name.encode():
        place = raw.index(b"PK\x01\x02", place + 1)
    raw[place + 8] |= 1
    (one,) = found(tmp_path, "a.keras", bytes(raw))
    assert one == f"SC603 {name} is encrypted"


def test_what_is_damaged_of_an_archive_is_said_in_words_of_ours(tmp_path: Path) -> None:
    raw = bytearray(SAVED)
    start = raw.index(b"config.json") + len("config.json")
    raw[start : start + 40] = bytes(40)  # no such compression
    (one,) = found(tmp_path, "a.keras", bytes(raw))
    assert one == "SC603 a damaged archive: config.json cannot be read"


@pytest.mark.parametrize("end", [8, 20, 60, 200, 1000])
def test_an_hdf5_file_that_is_cut_before_its_model_is_damaged(tmp_path: Path, end: int) -> None:
    data = opening() + bytes(4000)
    (one,) = found(tmp_path, "a.h5", data[:end])
    assert one.startswith("SC603 a damaged HDF5 file: ")
    assert "goes beyond the end of the file" in one


def opening() -> bytes:
    """Return the beginning of an HDF5 file of version 2, whose header stands at byte 2,000."""
    addresses = (0, 2**64 - 1, 10_000, 2000)
    return b"\x89HDF\r\n\x1a\n\2\10\10\0" + b"".join(a.to_bytes(8, "little") for a in addresses)


def test_an_archive_of_others_is_named_for_what_it_is(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "a.keras", archive({"[Content_Types].xml": b""}))
    assert one == "SC101 this is an Office document"


def test_a_call_with_far_too_many_tensors_is_refused(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "net.json", merge(10_001))
    assert one == "SC108 a call with more than 10,000 tensors"
    assert not any(code.startswith("SC108") for code in found(tmp_path, "net.json", merge(50)))


def nested(raw: bytes, count: int) -> bytes:
    """Return a model that holds a model so many times, each under a name of its own."""
    inner = json.loads(raw)
    models = [
        inner | {"name": f"m{n}", "config": inner["config"] | {"name": f"m{n}"}}
        for n in range(count)
    ]
    return json.dumps({"class_name": "Sequential", "config": {"layers": models}}).encode()


@pytest.mark.parametrize("inside", [False, True])
def test_all_references_of_a_file_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    def written(calls: int) -> bytes:
        if inside:  # 18 references and two ends in each model, and one to it
            return nested(merge(18), calls)
        data = json.loads(merge(20))
        data["config"]["layers"][1]["inbound_nodes"] *= calls
        return json.dumps(data).encode()

    monkeypatch.setattr(structure, "MOST_REFERENCES", 84)
    (one,) = found(tmp_path, "net.json", written(5))
    assert one == "SC108 more than 84 references to tensors"
    assert not [code for code in found(tmp_path, "net.json", written(4)) if "SC108" in code]


def test_all_ends_of_a_file_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "MOST_REFERENCES", 20)
    data = json.loads(merge(2))
    data["config"]["output_layers"] *= 30
    (one,) = found(tmp_path, "net.json", json.dumps(data).encode())
    assert one == "SC108 more than 20 references to tensors"


def test_a_key_that_stands_very_often_is_told_of_a_hundred_times(tmp_path: Path) -> None:
    raw = b'{"input": 8, "layers": ["relu"], ' + b'"name": "a", ' * 5000 + b'"name": "b"}'
    codes = found(tmp_path, "net.json", raw)
    assert len(codes) == 100
    assert all(code.startswith("SC106") for code in codes)
