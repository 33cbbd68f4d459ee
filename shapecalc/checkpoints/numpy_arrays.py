"""NumPy's archives of arrays, .npz: a ZIP archive with one .npy for each.

Source: the description of the format in numpy.lib.format.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from shapecalc.checkpoints.archives import Archive
from shapecalc.checkpoints.base import (
    Checkpoint,
    Damaged,
    Tensor,
    Unsupported,
    checked_shape,
    shown,
)

title = "a NumPy archive (.npz)"
BEGINS = re.compile(rb"PK\x03\x04.{26}[^\0]{1,200}?\.npy", re.DOTALL)
ENDING = ".npy"
MAGIC = b"\x93NUMPY"
MOST_HEADER = 16 * 1024
MOST_ARRAYS = 20_000
DESCRIPTION = re.compile(r"'descr'\s*:\s*'[<>|=]?([a-zA-Z])(\d{0,4})'")
SHAPE = re.compile(r"'shape'\s*:\s*\(([\dL,\s]{0,2000})\)")
KINDS = {
    "f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool", "O": "object", "S": "bytes",
    "U": "string", "V": "structured", "M": "datetime", "m": "timedelta",
}  # fmt: skip


def claims(start: bytes, name: str) -> bool:
    """Say whether the first member of an archive is an array."""
    return BEGINS.match(start) is not None


def read(stream: BinaryIO, path: Path | None) -> Checkpoint:
    """Return the arrays in the order of the archive."""
    archive = Archive(stream)
    names = [name for name in archive.sizes if name.endswith(ENDING)]
    if len(names) > MOST_ARRAYS:
        raise Unsupported(f"an archive of more than {MOST_ARRAYS:,} arrays")
    return Checkpoint(tuple(_array(archive, name) for name in names))


def _array(archive: Archive, name: str) -> Tensor:
    called = shown(name)
    head = archive.read(name, MOST_HEADER - 1)
    if not head.startswith(MAGIC) or len(head) < 12:
        raise Damaged(f"{called} is no array")
    width = 2 if head[6] == 1 else 4
    length = int.from_bytes(head[8 : 8 + width], "little")
    text = head[8 + width : 8 + width + length].decode("latin-1")
    if len(text) < length:
        raise Damaged(f"the header of {called} is cut short or far too long")
    shape, described = SHAPE.search(text), DESCRIPTION.search(text)
    if shape is None:
        raise Damaged(f"the header of {called} has no shape")
    sizes = [int(part) for part in re.findall(r"\d+", shape[1]) if len(part) < 20]
    tensor = Tensor(
        name.removesuffix(ENDING).encode("utf-8", "replace").decode("utf-8"),
        checked_shape(sizes, called),
        "structured" if described is None else _dtype(described[1], int(described[2] or 0)),
    )
    there = archive.sizes[name] - 8 - width - length
    if tensor.bytes is not None and there < tensor.bytes:
        raise Damaged(f"{called} has {there:,} bytes, and its shape needs {tensor.bytes:,}")
    return tensor


def _dtype(kind: str, size: int) -> str:
    word = KINDS.get(kind, "unknown")
    return f"{word}{size * 8}" if kind in "fiuc" else word
