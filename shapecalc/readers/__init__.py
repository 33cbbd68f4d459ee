"""Readers: bytes in, a Document out; one file a format, found by the first bytes.

What a reader is stands in base.py. The reader registered last is asked first: a plug-in's before
ours, and that of the spec language, which tells of all other files what they are, after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path as FilePath
from typing import Any, BinaryIO

from shapecalc.document import SPEC, Document
from shapecalc.readers import native
from shapecalc.readers.base import MAX_BYTES, File, Reader
from shapecalc.registry import Registry, having

READERS: Registry[Reader] = Registry(
    "reader",
    {
        SPEC: native,
        "pytorch": "shapecalc.readers.pytorch",
        "keras": "shapecalc.readers.keras",
        "onnx": "shapecalc.readers.onnx",
        "tflite": "shapecalc.readers.tflite",
        "darknet": "shapecalc.readers.darknet",
        "caffe": "shapecalc.readers.caffe",
    },
    "shapecalc.readers",
    fits=having("endings", "claims", "read"),
    needs="a reader, with endings, claims and read",
)


def read_path(path: FilePath) -> Document:
    """Return the document of a file. Raises OSError where it cannot be opened."""
    with path.open("rb") as stream:
        if stream.seekable():
            return read_stream(stream, str(path))
        return read_bytes(stream.read(MAX_BYTES + 1), str(path))  # a pipe


def read_stream(stream: BinaryIO, name: str) -> Document:
    """Return the document of an open file that can seek. Never raises, as `read_bytes`."""
    return _read(File(name, stream))


def read_bytes(raw: bytes, name: str) -> Document:
    """Return the document of a file's bytes. Never raises: its findings say what is wrong."""
    return read_stream(BytesIO(raw), name)


def read_mapping(data: Mapping[str, Any]) -> Document:
    """Return the document of a mapping that was never a file: its findings have no line."""
    return Document(data)


def read_live(model: Any) -> Document | None:
    """Return the document of a model of Keras in this process; None for anything else.

    It is known by what it can do, so that Keras is not imported.
    """
    if not (hasattr(model, "to_json") and hasattr(model, "get_config")):
        return None
    from shapecalc.readers import keras  # few trace what is no file

    document = keras.read_live(model)
    document.format = "keras"
    return document


def read_module(model: Any, inputs: Any) -> Document | None:
    """Return the document of a module of PyTorch in this process, used on the volumes `inputs`.

    None for anything else. Raises SpecError for what is no volume.
    """
    from shapecalc.readers import pytorch  # few trace what is no file

    document = pytorch.read_module(model, inputs)
    if document is not None:
        document.format = "pytorch"
    return document


def endings() -> tuple[str, ...]:
    """Return how the names of files end that are looked for in folders."""
    found = (ending for title in READERS for ending in READERS[title].endings)
    return tuple(dict.fromkeys(found))


def _read(file: File) -> Document:
    for title in reversed(list(READERS)):
        reader = READERS[title]
        if reader.claims(file.start, file.name):
            document = reader.read(file)
            if document is not None:
                document.format = title
                return document
    raise AssertionError("the reader of the spec language claims every file")
