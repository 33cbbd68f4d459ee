"""Weight files of every format, sound and mutated, without the libraries that write them."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import mutations
import torch_files
from hdf5_files import Builder, attribute, fixed, shape

Shapes = Mapping[str, Sequence[int]]
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "U8": 1}


def safetensors(shapes: Shapes, dtype: str = "F32") -> bytes:
    """Return a safetensors file of zeros."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, sizes in shapes.items():
        start, end = end, end + math.prod(sizes) * BYTES[dtype]
        header[name] = {"dtype": dtype, "shape": list(sizes), "data_offsets": [start, end]}
    return with_header(header, end)


def with_header(header: Any, size: int) -> bytes:
    """Return a safetensors file with any header, and so many bytes behind it."""
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + bytes(size)


def index(files: Mapping[str, str]) -> bytes:
    """Return a list of shards: the file of each tensor."""
    return json.dumps({"metadata": {"total_size": 1}, "weight_map": dict(files)}).encode()


def array(sizes: Sequence[int], descr: str = "<f4") -> bytes:
    """Return an array as NumPy writes it."""
    listed = ", ".join(map(str, sizes)) + ("," if len(sizes) == 1 else "")
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({listed}), }}"
    head = text.ljust(117) + "\n"
    size = math.prod(sizes) * int(descr[2:])
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head.encode() + bytes(size)


def npz(shapes: Shapes) -> bytes:
    """Return an archive of arrays."""
    return archived({f"{name}.npy": array(sizes) for name, sizes in shapes.items()})


def archived(members: Mapping[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """Return an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return stream.getvalue()


def keras_2(layers: Mapping[str, Shapes]) -> bytes:
    """Return weights as Keras 1 and 2 write them: a group a layer, with lists of names."""
    made = Builder(96)
    groups = {}
    for layer, weights in layers.items():
        tree: dict[str, Any] = {}
        for name, sizes in weights.items():
            _put(tree, name, made.dataset(*sizes))
        groups[layer] = _grouped(made, tree, [_names("weight_names", list(weights))])
    return made.old(made.group(groups, [_names("layer_names", list(layers))]))


def keras_3(shapes: Shapes) -> bytes:
    """Return weights as Keras 3 writes them: layers/conv2d/vars/0."""
    made = Builder(96)
    tree: dict[str, Any] = {}
    for name, sizes in shapes.items():
        _put(tree, name, made.dataset(*sizes))
    return made.old(_grouped(made, tree, []))


def _names(name: str, texts: Sequence[str]) -> tuple[int, bytes]:
    longest = max((len(text) for text in texts), default=1)
    raw = b"".join(text.encode().ljust(longest, b"\0") for text in texts)
    return attribute(name, fixed(longest), shape(len(texts)), raw)


def _put(tree: dict[str, Any], name: str, dataset: int) -> None:
    *groups, last = name.split("/")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[last] = dataset


def _grouped(made: Builder, tree: Mapping[str, Any], attributes: Sequence[Any]) -> int:
    members = {
        name: inside if isinstance(inside, int) else _grouped(made, inside, [])
        for name, inside in tree.items()
    }
    return made.group(members, attributes)


def darknet(values: int, version: tuple[int, int] = (0, 2)) -> bytes:
    """Return Darknet's header and so many values."""
    seen = 8 if version >= (0, 2) else 4
    return struct.pack("<3i", *version, 5) + bytes(seen) + bytes(4 * values)


# -- mutated ---------------------------------------------------------------------------------------

SHAPES = {"conv1.weight": (6, 1, 5, 5), "conv1.bias": (6,), "dense1.weight": (10, 3456),
          "dense1.bias": (10,)}  # fmt: skip
STATE = torch_files.state_dict(SHAPES)
KERAS = {
    "conv1": {"conv1/kernel:0": (5, 5, 1, 6), "conv1/bias:0": (6,)},
    "dense1": {"dense1/kernel:0": (3456, 10), "dense1/bias:0": (10,)},
}
NUMBERED = {f"layers/{layer}/vars/{number}": sizes for layer, number, sizes in (
    ("conv2d", 0, (5, 5, 1, 6)), ("conv2d", 1, (6,)), ("dense", 0, (3456, 10)), ("dense", 1, (10,)),
)}  # fmt: skip
NETWORK = b"input: 28x28x1\nlayers: [conv: {K: 6, F: 5}, relu, dense: 10]\n"
WRITERS: dict[str, Callable[[], bytes]] = {  # of the weights of the network, by the file's ending
    ".safetensors": lambda: safetensors(SHAPES),
    ".pt": lambda: torch_files.zipped(STATE),
    ".pth": lambda: torch_files.legacy(STATE),
    ".npz": lambda: npz(SHAPES),
    ".h5": lambda: keras_2(KERAS),
    ".weights.h5": lambda: keras_3(NUMBERED),
    ".keras": lambda: archived({"metadata.json": b"{}", "model.weights.h5": keras_3(NUMBERED)}),
    ".weights": lambda: darknet(156 + 34570),
}


def weight_file(rng: Random) -> tuple[str, bytes]:
    """Return a mutated file: its ending and its bytes."""
    ending = rng.choice(list(WRITERS))
    raw = WRITERS[ending]()
    kind = rng.random()
    if kind < 0.2:
        return ending, raw[: rng.randint(0, len(raw))]
    if kind < 0.5:  # near the beginning, where the structure is
        head = mutations.flipped(rng, raw[:2000])
        return ending, head + raw[2000:]
    if kind < 0.9:
        return ending, mutations.flipped(rng, raw)
    return ending, raw + rng.randbytes(rng.randint(1, 50))
