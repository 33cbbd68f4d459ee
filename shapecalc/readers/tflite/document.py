"""The document of a file of TensorFlow Lite: its spec, or what is wrong with the file."""

from __future__ import annotations

from typing import BinaryIO

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Document, Original
from shapecalc.readers.tflite.flatbuffer import Damaged
from shapecalc.readers.tflite.model import read
from shapecalc.readers.tflite.spec import translated

DAMAGED = "convert the model again, and give the whole file"


def of_stream(stream: BinaryIO, name: str | None) -> Document:
    """Return the document of an open file."""
    try:
        graph = read(stream)
    except Damaged as error:
        fault = Fault(rules.DAMAGED, error.message, DAMAGED)
        finding = Finding(fault, Original(error.path))
        return Document(None, name, [finding], original_path=lambda path: path)
    return translated(graph, name)
