"""safetensors: a length, then JSON of names, types, shapes and places, then the values.

Source: the format's own description, github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from shapecalc.checkpoints.base import (
    LONGEST_NAME,
    MOST_TENSORS,
    Checkpoint,
    Damaged,
    Tensor,
    Unsupported,
    checked_shape,
    shown,
)

title = "a safetensors weight file"
BEGINS = re.compile(rb".{4}\0{4}\{\s*[\"}]", re.DOTALL)
MOST_HEADER = 16 * 1024 * 1024  # 100,000 tensors take about 12; the format allows 100
METADATA = "__metadata__"
DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
    "I32": "int32", "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32",
    "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64", "F4": "float4",
    "F6_E2M3": "float6_e2m3", "F6_E3M2": "float6_e3m2", "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
}  # fmt: skip


def claims(start: bytes, name: str) -> bool:
    """Say whether a file begins with a length and a JSON object."""
    return BEGINS.match(start) is not None


def read(stream: BinaryIO, path: Path | None) -> Checkpoint:
    """Return the tensors in the order in which their values stand in the file."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    length = int.from_bytes(stream.read(8), "little")
    if length > MOST_HEADER:
        raise Unsupported(f"a header of {length:,} bytes", 0)
    if 8 + length > size:
        raise Damaged(f"a header of {length:,} bytes goes beyond the end of the file", 0)
    header = _parsed(stream.read(length))
    room = size - 8 - length
    placed = [_tensor(name, entry, room) for name, entry in header.items() if name != METADATA]
    placed.sort(key=lambda pair: pair[0])
    # Who writes them sorts them by type and name.
    return Checkpoint(tuple(tensor for _, tensor in placed), "pytorch", ordered=False)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=_object)
    except Damaged:
        raise
    except (ValueError, RecursionError):
        raise Damaged("the header is not the JSON that it has to be") from None
    if not isinstance(header, dict):
        raise Damaged("the header is no JSON object")
    if len(header) > MOST_TENSORS:
        raise Unsupported(f"a header of more than {MOST_TENSORS:,} tensors")
    return header


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON. Raises Damaged where a key stands twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Damaged("a name stands twice in the header")
    return made


def _tensor(name: str, entry: Any, room: int) -> tuple[int, Tensor]:
    """Return a tensor and where its values begin. Raises where that cannot be."""
    called = shown(name)
    if len(name) > LONGEST_NAME:
        raise Unsupported("a name that is far too long")
    if not isinstance(entry, dict):
        raise Damaged(f"the entry of {called} is no object")
    dtype, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not isinstance(dtype, str) or not isinstance(shape, list):
        raise Damaged(f"no type or no shape of {called}")
    if dtype not in DTYPES:
        raise Unsupported(f"the type {shown(dtype)} of {called}")
    tensor = Tensor(_clean(name), checked_shape(shape, called), DTYPES[dtype])
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(_is_place, offsets)):
        raise Damaged(f"no place of the values of {called}")
    start, end = offsets
    if not start <= end <= room:
        raise Damaged(f"the values of {called} go beyond the end of the file")
    if end - start != tensor.bytes:
        raise Damaged(f"{called} has {end - start:,} bytes, and its shape needs {tensor.bytes:,}")
    return start, tensor


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _clean(name: str) -> str:
    """Return a name without halves of characters, which JSON can have."""
    return name.encode("utf-8", "replace").decode("utf-8")
