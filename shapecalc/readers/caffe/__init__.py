"""Caffe's networks: .prototxt in, a spec out, whatever version and fork wrote them.

text.py reads protobuf's text format, layers.py gives the layers of all three dialects as one,
spec.py puts them into a spec by the tables of windows.py, elementwise.py, shapes.py and
operations.py, document.py gives the document with its places. Nothing that a file names is opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapecalc.readers.base import MAX_BYTES

if TYPE_CHECKING:
    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".prototxt",)

# Compiled when they are first needed: most files are specs, and have none of the words.
BLOBS = (b"bottom", b"top:", b"top :")
RATES = (b"base_lr", b"lr_policy")
NETWORK = rb"""(?mx)
    ^[ \t]*+layers?+[ \t]*+:?+[ \t\r\n]*+[{<]\s*+(?:\#[^\n]*+\s*+)*+
        (?:(?:name|type|bottom|top)[ \t]*+:[ \t]*+["'A-Z]
         |(?:include|exclude|layer|param|(?:[a-z]++_)++param)[ \t]*+:?+[ \t\r\n]*+[{<])
"""
SOLVER = rb"(?m)^(?:base_lr|lr_policy)[ \t]*:"


def claims(start: bytes, name: str) -> bool:
    """Say whether a file may hold a network of Caffe, or its solver, which names one."""
    if name.lower().endswith(endings) or _has_layers(start):
        return True
    return any(word in start for word in RATES) and re.search(SOLVER, start) is not None


def _has_layers(start: bytes) -> bool:
    return any(word in start for word in BLOBS) and re.search(NETWORK, start) is not None


def read(file: File) -> Document | None:
    """Return a file's document; None where it is no network of Caffe after all."""
    from shapecalc.readers.caffe import document  # few files are Caffe's

    certain = _has_layers(file.start)
    named = file.name.lower().endswith(endings)
    return document.of_bytes(file.read(MAX_BYTES), file.name, certain, named)
