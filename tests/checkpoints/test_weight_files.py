"""Weight files of all formats but PyTorch's: what is read of them, and what broken ones are."""

from __future__ import annotations

import io
import json
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from torch_files import state_dict, zipped
from weight_files import (
    SHAPES,
    WRITERS,
    archived,
    array,
    darknet,
    index,
    keras_2,
    keras_3,
    npz,
    safetensors,
    with_header,
)

from shapecalc import checkpoints
from shapecalc.checkpoints.base import Checkpoint, Damaged, Tensor, Unreadable, Unsupported

ENTRY = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


def read(raw: bytes, path: Path | None = None, form: str | None = None) -> Checkpoint:
    """Return what is read of a file, whose format is told by its bytes."""
    form = form or checkpoints.format_of(raw[: checkpoints.HEAD], "weights")
    assert form is not None
    found = checkpoints.read_stream(io.BytesIO(raw), form, path)
    assert found is not None
    return found


def shapes(found: Checkpoint) -> dict[str, tuple[int, ...]]:
    """Return the shapes by name, in order."""
    return {tensor.name: tensor.shape for tensor in found.tensors}


@pytest.mark.parametrize("ending", [".safetensors", ".pt", ".pth", ".npz"])
def test_names_and_shapes_are_read(ending: str) -> None:
    found = read(WRITERS[ending]())
    assert shapes(found) == SHAPES
    assert {tensor.dtype for tensor in found.tensors} == {"float32"}
    assert [tensor.bytes for tensor in found.tensors] == [600, 24, 138_240, 40]


@pytest.mark.parametrize(
    ("ending", "form"),
    [
        (".safetensors", "safetensors"), (".pt", "pytorch"), (".pth", "pytorch"), (".npz", "numpy"),
        (".h5", "keras"), (".weights.h5", "keras"), (".keras", "keras"), (".weights", "darknet"),
    ],
)  # fmt: skip
def test_a_format_is_told_by_the_bytes(ending: str, form: str) -> None:
    assert checkpoints.format_of(WRITERS[ending](), "net.yaml") == form


@pytest.mark.parametrize("raw", [b"", b"input: 8\nlayers: [relu]\n", b'{"layers": []}', b"\0" * 99])
def test_other_files_are_of_no_format(raw: bytes, tmp_path: Path) -> None:
    assert checkpoints.format_of(raw, "net.pth") is None
    (tmp_path / "a.pt").write_bytes(raw)
    assert checkpoints.read_path(tmp_path / "a.pt") is None


# -- safetensors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "name", "size"),
    [("F64", "float64", 8), ("BF16", "bfloat16", 2), ("I64", "int64", 8), ("BOOL", "bool", 1),
     ("F8_E4M3", "float8_e4m3fn", 1), ("F4", "float4", 0.5), ("C64", "complex64", 8)],
)  # fmt: skip
def test_types_of_safetensors(dtype: str, name: str, size: float) -> None:
    end = int(4 * size)
    entry = {"dtype": dtype, "shape": [4], "data_offsets": [0, end]}
    (tensor,) = read(with_header({"a": entry}, end)).tensors
    assert (tensor.dtype, tensor.bytes) == (name, end)


def test_tensors_of_safetensors_stand_as_their_values_do() -> None:
    last = {**ENTRY, "data_offsets": [24, 48]}
    assert list(shapes(read(with_header({"b": last, "a": ENTRY}, 48)))) == ["a", "b"]


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ({"a": ENTRY}, 23), ({"a": {**ENTRY, "data_offsets": [0, 20]}}, 24),
        ({"a": {**ENTRY, "data_offsets": [24, 0]}}, 24), ({"a": {**ENTRY, "shape": [2, -3]}}, 24),
        ({"a": {**ENTRY, "data_offsets": [-24, 0]}}, 24), ({"a": {**ENTRY, "shape": [6.0]}}, 24),
        ({"a": {**ENTRY, "shape": [True, 6]}}, 24), ({"a": {**ENTRY, "shape": 6}}, 24),
        ({"a": {**ENTRY, "shape": [2**62, 2**62]}}, 24), ({"a": {**ENTRY, "shape": [1] * 65}}, 24),
        ({"a": {"dtype": "F32", "shape": [6]}}, 24), ({"a": {"dtype": 5, "shape": [6]}}, 24),
        ({"a": 5}, 24), ({"a": {**ENTRY, "dtype": "F99"}}, 24), ({"a": None}, 0),
    ],
)  # fmt: skip
def test_impossible_tensors_of_safetensors_are_refused(header: Any, size: int) -> None:
    with pytest.raises(Unreadable):
        read(with_header(header, size))


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack("<Q", 100) + b'{"a": ', struct.pack("<Q", 2) + b'{"',
        struct.pack("<Q", 6) + b'{"\xff":', struct.pack("<Q", 2**25) + b'{"',
        struct.pack("<Q", 20) + b'{"a": {}, "a": {}}  ',
        struct.pack("<Q", 60_000) + b'{"":' + b"[" * 59_996,
        struct.pack("<Q", 6_006) + b'{"a":' + b"9" * 6_000 + b"}",
    ],
)  # fmt: skip
def test_broken_headers_of_safetensors_are_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_halves_of_characters_in_names_are_replaced() -> None:
    raw = json.dumps({"a\ud800": ENTRY}).encode()
    assert list(shapes(read(struct.pack("<Q", len(raw)) + raw + bytes(24)))) == ["a?"]


def test_two_gigabytes_take_no_more_than_their_header(tmp_path: Path) -> None:
    path, count = tmp_path / "large.safetensors", 256
    size = 4 * 2**21
    header = {
        f"layers.{number}.weight": {
            "dtype": "F32", "shape": [2**11, 2**10],
            "data_offsets": [number * size, (number + 1) * size],
        }
        for number in range(count)
    }  # fmt: skip
    raw = with_header(header, 0)
    with path.open("wb") as file:
        file.write(raw)
        file.truncate(len(raw) + count * size)  # a hole, that takes no room
    tracemalloc.start()
    found = checkpoints.read_path(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is not None
    assert sum(tensor.bytes or 0 for tensor in found.checkpoint.tensors) == 2**31
    assert peak < 2_000_000


# -- shards ----------------------------------------------------------------------------------------


def sharded(folder: Path, files: dict[str, str], **parts: bytes) -> Path:
    """Write a list of shards and the shards; return the list's path."""
    for name, raw in parts.items():
        (folder / f"{name}.safetensors").write_bytes(raw)
    path = folder / "model.safetensors.index.json"
    path.write_bytes(index(files))
    return path


def test_shards_are_read_in_the_order_of_their_list(tmp_path: Path) -> None:
    files = {"b": "two.safetensors", "a": "one.safetensors"}
    path = sharded(tmp_path, files, one=safetensors({"a": (2,)}), two=safetensors({"b": (3,)}))
    found = checkpoints.read_path(path)
    assert found is not None
    assert shapes(found.checkpoint) == {"b": (3,), "a": (2,)}


def test_shards_may_be_of_pytorch(tmp_path: Path) -> None:
    (tmp_path / "one.bin").write_bytes(zipped(state_dict({"a": (2,)})))
    found = checkpoints.read_path(sharded(tmp_path, {"a": "one.bin"}))
    assert found is not None
    assert shapes(found.checkpoint) == {"a": (2,)}


@pytest.mark.parametrize(
    "name",
    ["../one.safetensors", "/etc/passwd", "a/one.safetensors", "..", ".", "", ".hidden",
     "..\\one.safetensors", "C:\\one", "C:one", "one\0.safetensors", "missing.safetensors",
     "folder", "model.safetensors.index.json", "text.yaml"],
)  # fmt: skip
def test_only_plain_names_in_the_folder_are_opened(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    (inside / "a").mkdir()
    (inside / "text.yaml").write_text("input: 8\n", encoding="utf-8")
    good = safetensors({"a": (2,)})
    for path in (
        tmp_path / "one.safetensors",
        inside / "a" / "one.safetensors",
        inside / ".hidden",
    ):
        path.write_bytes(good)
    with pytest.raises(Unreadable, match="shard"):
        checkpoints.read_path(sharded(inside, {"a": name}))


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights there")
def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside.safetensors"
    outside.write_bytes(safetensors({"a": (2,)}))
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "one.safetensors").symlink_to(outside)
    os.mkfifo(inside / "pipe.safetensors")
    for name in ("one.safetensors", "pipe.safetensors"):
        with pytest.raises(Unreadable, match="a link or no file"):
            checkpoints.read_path(sharded(inside, {"a": name}))


def test_a_list_of_shards_that_is_wrong_is_refused(tmp_path: Path) -> None:
    good = safetensors({"a": (2,)})
    with pytest.raises(Damaged, match="no tensor b"):
        checkpoints.read_path(sharded(tmp_path, {"b": "one.safetensors"}, one=good))
    with pytest.raises(Unreadable, match=r"the shard one\.safetensors: .*beyond the end"):
        checkpoints.read_path(sharded(tmp_path, {"a": "one.safetensors"}, one=good[:-1]))
    with pytest.raises(Unsupported, match="more than"):
        checkpoints.read_path(sharded(tmp_path, {str(n): f"{n}.bin" for n in range(3000)}))
    for raw in (b'{"weight_map": {"a": 5}}', b'{"weight_map": ["a"]}', b'{"weight_map": '):
        with pytest.raises(Damaged):
            read(raw, tmp_path / "a.index.json")
    with pytest.raises(Unsupported, match="beside the list"):
        read(index({"a": "one.safetensors"}))


# -- NumPy -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("descr", "dtype"),
    [("<f4", "float32"), (">f8", "float64"), ("<i8", "int64"), ("|u1", "uint8"), ("|b1", "bool"),
     ("<c8", "complex64"), ("<U5", "string"), ("|S5", "bytes"), ("|O8", "object")],
)  # fmt: skip
def test_types_of_numpy(descr: str, dtype: str) -> None:
    (tensor,) = read(archived({"a.npy": array((2, 3), descr)})).tensors
    assert tensor[:3] == ("a", (2, 3), dtype)


def test_arrays_of_numpy_are_read_as_it_writes_them() -> None:
    import numpy as np

    stream = io.BytesIO()
    arrays = {"w": np.zeros((3, 0, 5)), "s": np.float32(1), "f": np.asfortranarray(np.ones((2, 2)))}
    np.savez_compressed(stream, **arrays, r=np.zeros(3, [("x", "i4")]))
    found = read(stream.getvalue())
    assert shapes(found) == {"w": (3, 0, 5), "s": (), "f": (2, 2), "r": (3,)}
    assert [t.dtype for t in found.tensors] == ["float64", "float32", "float64", "structured"]


@pytest.mark.parametrize(
    "raw",
    [
        array((2,))[:-1], array((2,))[:60], b"", b"\x93NUMPY", b"no array at all",
        array((2,)).replace(b"'shape'", b"'shope'"), array((2, 3)).replace(b"(2, 3)", b"(2,-3)"),
        array((9,)).replace(b"(9,)", b"[9,]"), b"\x93NUMPY\x02\0\xff\xff\xff\xff" + bytes(99),
        array((2, 22)).replace(b"(2, 22)", b"(99999)"),
    ],
)  # fmt: skip
def test_broken_arrays_are_refused(raw: bytes) -> None:
    with pytest.raises(Damaged):
        read(archived({"a.npy": raw}))


@pytest.mark.slow
def test_an_archive_of_a_great_many_zeros_takes_no_memory() -> None:
    raw = archived({"a.npy": array((2**24,))}, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    assert shapes(read(raw)) == {"a": (2**24,)}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


# -- Keras -----------------------------------------------------------------------------------------


def test_keras_2_has_layers_in_their_order() -> None:
    found = read(keras_2({"z": {"z/kernel:0": (3, 3, 1, 8)}, "flat": {}, "a": {"a/bias:0": (8,)}}))
    assert found.tensors == (
        Tensor("z/kernel:0", (3, 3, 1, 8), "float32", "z"),
        Tensor("a/bias:0", (8,), "float32", "a"),
    )
    assert found.ordered


def test_keras_3_has_the_order_of_each_class_and_no_optimizer() -> None:
    names = [f"layers/conv2d{end}/vars/0" for end in ("", "_1", "_2", "_10")]
    found = read(keras_3(dict.fromkeys([*reversed(names), "optimizer/vars/0"], (1,))))
    assert list(shapes(found)) == names
    assert not found.ordered


def test_an_archive_of_keras_is_read_where_it_is_not_compressed() -> None:
    weights = keras_3({"layers/dense/vars/0": (3, 4)})
    members = {"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": weights}
    assert shapes(read(archived(members))) == {"layers/dense/vars/0": (3, 4)}
    with pytest.raises(Unsupported, match="compressed"):
        read(archived(members, zipfile.ZIP_DEFLATED))
    raw = archived({"metadata.json": b"{}"})
    assert checkpoints.read_stream(io.BytesIO(raw), "keras") is None


def test_a_layer_that_is_listed_and_not_there_is_missed() -> None:
    raw = keras_2({"one": {"one/kernel:0": (3,)}})
    with pytest.raises(Damaged, match="no weights"):
        read(raw.replace(b"one\0\0\0\0\0", b"two\0\0\0\0\0", 1))


# -- Darknet ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(0, 1), (0, 2)])
def test_darknet_has_values_alone(version: tuple[int, int]) -> None:
    (tensor,) = read(darknet(1000, version)).tensors
    assert tensor.shape == (1000,)


@pytest.mark.parametrize("end", [-1, 15, 19])
def test_darknet_cut_short_is_refused(end: int) -> None:
    with pytest.raises(Damaged):
        read(darknet(10)[:end])
    assert shapes(read(npz({"a": (1,)}))) == {"a": (1,)}
