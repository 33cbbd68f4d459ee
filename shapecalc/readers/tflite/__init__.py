"""Files of TensorFlow Lite: bytes in, a spec out. Nothing is executed, and weights are not read.

flatbuffer.py reads tables by offset, model.py a graph of operators over tensors, spec.py makes a
network of it, with the meanings of the operators in weighted.py, pointwise.py and moved.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".tflite",)


def claims(start: bytes, name: str) -> bool:
    """Say whether a file holds a model of TensorFlow Lite."""
    return start[4:8] == b"TFL3"


def read(file: File) -> Document:
    """Return a file's document."""
    from shapecalc.readers.tflite import document  # few files are of this format

    return document.of_stream(file.stream, file.name)
