"""ONNX files: bytes in, a spec out, whatever exporter and version wrote them.

wire.py reads protocol buffers in place, messages.py what an ONNX file has in them, which model.py
holds. arguments.py gives operators the same arguments whichever version they are of, evaluation/
computes the shapes that a graph computes, constants.py tells which arrays are parameters.
patterns.py puts together what exporters take apart. spec.py gives the layers, by functions of
operators in windows.py, dense.py, norms.py, arithmetic.py and shapes.py. Weights are never read,
and no other file is opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".onnx",)

# A version, then the producer, a graph, or what else may stand in front of it.
START = rb"\x08[\x01-\x20](?:\x12[\0-\x7f]|[\x1a\x22\x32\x3a\x42]|\x28\0)"
SAVED_MODEL = b"\x08\x01\x12"  # of TensorFlow: behind it a graph follows, which is long


def claims(start: bytes, name: str) -> bool:
    """Say whether a file may be an ONNX model."""
    return name.lower().endswith(".onnx") or _looks_like_one(start)


def read(file: File) -> Document | None:
    """Return a file's document; None where it is no ONNX model after all."""
    from shapecalc.readers.onnx import document  # few files are ONNX

    return document.of_stream(file.stream, file.name, _looks_like_one(file.start))


def _looks_like_one(start: bytes) -> bool:
    if not start.startswith(b"\x08"):  # nearly all files: the pattern need not be compiled
        return False
    if start.startswith(SAVED_MODEL) and start[3:4] >= b"\x80":
        return False
    return re.match(START, start, re.DOTALL) is not None
