"""Weight files: no networks, but `report` lists their tensors, and a network can be compared."""

from __future__ import annotations

import io
from pathlib import Path

from shapecalc import checkpoints, rules
from shapecalc.checkpoints.base import Checkpoint, Unreadable
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Document, Original
from shapecalc.readers.base import MAX_BYTES, File

HINT = (
    "weights do not tell how layers are joined: shapecalc report lists them, and --weights compares"
    " them with a network"
)
DAMAGED = "save the weights again, or fetch the whole file"


def read(file: File) -> Document | None:
    """Return the document of a weight file, which is no network; None for all others."""
    form = checkpoints.format_of(file.start, file.name)
    if form is None:
        return None
    try:
        found = _read(file, form)
    except Unreadable as error:
        title = checkpoints.FORMATS[form].title
        fault = Fault(rules.DAMAGED, f"{title} that cannot be read: {error}", DAMAGED)
        return Document(None, file.name, [Finding(fault, Original())], meant=False)
    if found is None:
        return None
    fault = Fault(rules.UNREADABLE, f"this is {checkpoints.FORMATS[form].title}", HINT)
    document = Document(None, file.name, [Finding(fault, (), place=(1, 1))], meant=False)
    document.weights = checkpoints.Weights(form, found)
    return document


def _read(file: File, form: str) -> Checkpoint | None:
    in_memory = isinstance(file.stream, io.BytesIO)
    if in_memory and file.stream.seek(0, io.SEEK_END) > MAX_BYTES:
        raise Unreadable("it is too large for a stream: name the file")
    path = None if in_memory else Path(file.name)
    return checkpoints.read_stream(file.stream, form, path)
