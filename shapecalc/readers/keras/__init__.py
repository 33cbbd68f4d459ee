"""Keras' files: bytes in, a spec out, whatever version and form wrote them.

Read are the JSON of Keras 1, 2 and 3 (also as text within JSON), YAML of to_yaml(), model.json of
TensorFlow.js, .keras archives and .h5 files. Nothing of a file is executed or imported: lambdas and
classes of users stay a name with its configuration. Weights are never read.

model.py gives a graph of layers as it is written, walk.py its calls in the order of computing,
spec.py a spec of them, document.py the document with its places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".keras", ".h5", ".hdf5", ".json")

HDF5 = b"\x89HDF\r\n\x1a\n"
USERS_BLOCKS = (512, 1024, 2048, 4096)  # that may stand before an HDF5 file
# Compiled when they are first needed: most files are specs.
IN_ARCHIVE = rb"metadata\.json|config\.json|model\.weights\.h5"
IN_TEXT = (
    rb"""(?<!\\)["'](?:class_name|modelTopology)["']\s*:|(?m:^class_name:)"""
    rb"""|\A\s*"\{(?s:.)*?\\"class_name\\*"\s*:"""  # JSON as a text in JSON
)


def claims(start: bytes, name: str) -> bool:
    """Say whether a file may hold a model of Keras."""
    if start.startswith(b"PK\x03\x04"):
        return name.lower().endswith(".keras") or re.search(IN_ARCHIVE, start) is not None
    if start.startswith(HDF5) or any(start.startswith(HDF5, place) for place in USERS_BLOCKS):
        return True
    if b"class_name" not in start and b"modelTopology" not in start:
        return False
    return b"\0" not in start[:16] and re.search(IN_TEXT, start) is not None


def read(file: File) -> Document | None:
    """Return a file's document; None where it is no model of Keras after all."""
    from shapecalc.readers.keras import document  # few files are Keras'

    return document.of_stream(file.stream, file.name)


def read_live(model: Any) -> Document:
    """Return the document of a model in this process, as its own to_json writes it."""
    from shapecalc.readers.keras import document

    return document.of_model(model)
