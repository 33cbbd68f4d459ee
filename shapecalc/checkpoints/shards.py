"""Lists of shards: JSON that says for each tensor in which of several files it is.

Only files in the list's own folder are opened: plain names, no links.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO

from shapecalc.checkpoints.base import Checkpoint, Damaged, Unreadable, Unsupported, shown

title = "a list of weight files (.index.json)"
WORD = b'"weight_map"'
MOST_BYTES = 16 * 1024 * 1024
MOST_SHARDS = 2000


def claims(start: bytes, name: str) -> bool:
    """Say whether a file is a JSON object that says where weights are."""
    if start.lstrip()[:1] != b"{" or b"\0" in start[:16]:
        return False
    return WORD in start or name.lower().endswith(".index.json")


def read(stream: BinaryIO, path: Path | None) -> Checkpoint | None:
    """Return the tensors of all shards, in the order of the list; None where it is no list."""
    stream.seek(0)
    raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Unsupported(f"a list of more than {MOST_BYTES:,} bytes")
    listed = _listed(raw)
    if listed is None:
        return None
    if path is None:
        raise Unsupported("the shards are looked for beside the list: name it, and give no stream")
    files = list(dict.fromkeys(listed.values()))
    if len(files) > MOST_SHARDS:
        raise Unsupported(f"more than {MOST_SHARDS:,} shards")
    found, layout = {}, None
    for file in files:
        part = _shard(path.parent, file)
        layout = layout or part.layout
        found.update({(file, tensor.name): tensor for tensor in part.tensors})
    tensors = []
    for name, file in listed.items():
        if (file, name) not in found:
            raise Damaged(f"{shown(file)} has no tensor {shown(name)}, which the list says")
        tensor = found[file, name]
        shared = None if tensor.identity is None else (file, tensor.identity)
        tensors.append(tensor._replace(identity=shared))
    return Checkpoint(tuple(tensors), layout, ordered=False)


def _listed(raw: bytes) -> dict[str, str] | None:
    """Return the file of each tensor; None where the JSON says something else."""
    try:
        data: Any = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Damaged("a list of shards that is not JSON") from None
    listed = data.get("weight_map") if isinstance(data, dict) else None
    if listed is None:
        return None
    if not isinstance(listed, dict) or not all(isinstance(f, str) for f in listed.values()):
        raise Damaged("weight_map does not say which tensor is in which file")
    return {name.encode("utf-8", "replace").decode("utf-8"): file for name, file in listed.items()}


def _shard(folder: Path, file: str) -> Checkpoint:
    """Return what a shard holds. Raises Unreadable for all but a file in the folder itself."""
    from shapecalc import checkpoints  # which knows this module

    called = shown(file)
    plain = PurePosixPath(file).name == file == PureWindowsPath(file).name
    if not plain or file.startswith(".") or "\0" in file or ":" in file:
        raise Unsupported(f"the shard {called} is no plain name in the list's folder")
    path = folder / file
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Unsupported(f"the shard {called} is a link or no file")
        with path.open("rb") as stream:
            start = stream.read(checkpoints.HEAD)
            form = checkpoints.format_of(start, file)
            nested = form is None or checkpoints.FORMATS[form].title == title
            found = None if nested or form is None else checkpoints.read_stream(stream, form)
    except OSError as error:
        raise Unsupported(f"the shard {called}: {error.strerror or 'cannot be opened'}") from None
    except Unreadable as error:
        raise type(error)(f"the shard {called}: {error}") from None
    if found is None:
        raise Unsupported(f"the shard {called} is no weight file")
    return found
