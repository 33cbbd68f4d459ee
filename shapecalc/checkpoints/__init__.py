"""Weight files: names, shapes and types of the tensors in them, never their values.

One file a format, found by the first bytes; what a reader of one is stands in base.py. Nothing of a
file is executed, and nothing is opened but the file, and of a list of shards the files it names in
its own folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from shapecalc.registry import Registry, having

if TYPE_CHECKING:
    from shapecalc.checkpoints.base import Checkpoint, CheckpointReader

HEAD = 2**16  # bytes in which a file shows what it is

FORMATS: Registry[CheckpointReader] = Registry(
    "format of weight files",
    {
        "safetensors": "shapecalc.checkpoints.safetensors",
        "safetensors-index": "shapecalc.checkpoints.shards",
        "pytorch": "shapecalc.checkpoints.pytorch",
        "numpy": "shapecalc.checkpoints.numpy_arrays",
        "keras": "shapecalc.checkpoints.keras",
        "darknet": "shapecalc.checkpoints.darknet",
    },
    fits=having("title", "claims", "read"),
    needs="a reader, with title, claims and read",
)


class Weights(NamedTuple):
    """What was read of a weight file, and its format."""

    format: str
    checkpoint: Checkpoint


def format_of(start: bytes, name: str) -> str | None:
    """Return the format of a file by its first bytes; None for what is no weight file."""
    for form in FORMATS:
        if FORMATS[form].claims(start, name):
            return form
    return None


def read_stream(stream: BinaryIO, form: str, path: Path | None = None) -> Checkpoint | None:
    """Return what an open file of a format holds; None where it is no weight file after all.

    `path` is where it stands: shards are looked for beside it. Raises base.Unreadable.
    """
    return FORMATS[form].read(stream, path)


def read_path(path: Path) -> Weights | None:
    """Return what a weight file holds; None for what is none.

    Raises OSError where it cannot be opened, base.Unreadable where it is damaged.
    """
    with path.open("rb") as stream:
        form = format_of(stream.read(HEAD), path.name)
        found = None if form is None else read_stream(stream, form, path)
    return None if form is None or found is None else Weights(form, found)
