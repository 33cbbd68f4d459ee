"""h5py as a second opinion on HDF5 files of every version that it writes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shapecalc.checkpoints.hdf5 import Dataset, HDF5File

h5py = pytest.importorskip("h5py")

TYPES = ("f2", "f4", "f8", ">f4", "i1", "i8", "u4", "?")


def kinds(file: Any) -> None:
    """Attributes and datasets of every kind."""
    file.attrs["model_config"] = "é" * 70_000
    file.attrs["bytes"] = b'{"x": 1}'
    file.attrs["fixed"] = np.array([b"abc", b"de"])
    file.attrs.create("padded", b"hello", dtype="S9")
    file.attrs["texts"] = ["kernel:0", "", "ß"]
    file.attrs["none"] = np.zeros((0, 3), "i4")
    for name, value in (("int", -5), ("float", 2.5), ("truth", True)):
        file.attrs[name] = value
    file.attrs["big"] = np.arange(6, dtype=">u2").reshape(2, 3)
    group = file.create_group("a/b/c")
    for name in TYPES:
        group.create_dataset(f"of {name[-2:]} {name[:1]}", (2, 3), name)
    group.create_dataset("scalar", (), "f4")
    group.create_dataset("empty", (0, 4), "f4")
    group.create_dataset("cut", (99, 9), "f4", chunks=(10, 9), compression="gzip")
    file["again"] = group["scalar"]
    file["soft"] = h5py.SoftLink("/a/b/c/scalar")
    file["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    file["type"] = np.dtype("f8")
    group.create_dataset("typed", (7,), dtype=file["type"])


def many(file: Any) -> None:
    """More members than one node of a tree, or one block of a heap, can hold."""
    for index in range(2500):
        file.create_group(f"a_layer_with_a_rather_long_name_{index}").attrs["x"] = index
    for index in range(600):
        file.create_dataset(f"weights/{index:05}", (index, 3), "f4")


def attributes(file: Any) -> None:
    """Many attributes, a large one, and members in the order of creation."""
    for index in range(300):
        file.attrs[f"attribute {index}"] = f"v{index}" * (index % 50)
    group = file.create_group("ordered", track_order=True)
    for index in range(40):
        group.create_group(f"z{40 - index}")
        group.attrs[f"b{index}"] = index


def large(file: Any) -> None:
    """An attribute too large for any block: only new files can have one."""
    for index in range(12):
        file.attrs[f"a{index}"] = index
    file.attrs["large"] = np.arange(20_000)


def plain(value: Any) -> Any:
    """Return an attribute as we give it."""
    if isinstance(value, np.ndarray):
        return tuple(plain(item) for item in value.ravel().tolist())
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode() if isinstance(value, bytes) else value


def type_name(dtype: Any) -> str:
    """Return a type's name, whatever its byte order."""
    return str(dtype.newbyteorder("="))


def made(build: Callable[[Any], None], **options: Any) -> bytes:
    """Return a file's bytes."""
    raw = io.BytesIO()
    with h5py.File(raw, "w", **options) as file:
        build(file)
    return raw.getvalue()


CASES: list[tuple[Callable[[Any], None], dict[str, Any]]] = [
    *((build, {"libver": v}) for v in (None, "latest", "v108", "v110", "v112")
      for build in (kinds, many, attributes)),
    (large, {"libver": "latest"}),
    (kinds, {"userblock_size": 2048}),
    (many, {"track_order": True}),
]  # fmt: skip


@pytest.mark.parametrize(("build", "options"), CASES)
def test_attributes_and_datasets_are_those_of_h5py(
    build: Callable[[Any], None], options: dict[str, Any]
) -> None:
    raw = made(build, **options)
    wanted: dict[str, dict[str, Any]] = {}
    datasets: set[Dataset] = set()

    def note(name: str, item: Any) -> None:
        wanted[name] = {key: plain(value) for key, value in item.attrs.items()}
        if isinstance(item, h5py.Dataset):
            datasets.add(Dataset(name, item.shape, type_name(item.dtype)))

    with h5py.File(io.BytesIO(raw)) as file:
        note("/", file)
        file.visititems(note)
    ours = HDF5File(io.BytesIO(raw))
    assert {name: ours.attributes(name) for name in wanted} == wanted
    assert {(d.shape, d.type) for d in ours.datasets()} == {(d.shape, d.type) for d in datasets}
    assert len(list(ours.datasets())) == len(datasets)
    names = {d.name for d in datasets} - {"again", "a/b/c/scalar"}  # one object with two names
    assert {d.name for d in ours.datasets()} - {"again", "a/b/c/scalar"} == names


def test_an_empty_dataset_and_a_compound_one() -> None:
    def build(file: Any) -> None:
        file["nothing"] = h5py.Empty("f4")
        file.create_dataset("records", (3,), np.dtype([("a", "i4"), ("b", "f4")]))
        file.create_dataset("texts", (3,), h5py.string_dtype())

    assert set(HDF5File(io.BytesIO(made(build))).datasets()) == {
        Dataset("nothing", None, "float32"),
        Dataset("records", (3,), "compound"),
        Dataset("texts", (3,), "string"),
    }
