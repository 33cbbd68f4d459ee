"""Files that are opened in the page: specs, networks of frameworks, weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import shapecalc
from shapecalc import checkpoints, network, readers
from shapecalc.diagnostics import Diagnostic, SpecError, quote
from shapecalc.document import Document
from shapecalc.playground.bridge import Refused
from shapecalc.readers import native

SHARDS = "safetensors-index"
ONE_BY_ONE = "Open those files one by one: the page cannot see what stands beside a file."
WHOLE = "Save or download it again, and open the whole file."
MOST_TENSORS = 2000  # that are listed
MOST_REASONS = 3


def open_file(name: str, raw: bytes) -> dict[str, Any]:
    """Return what is in a file: the `text` of a spec, or the `tensors` of weights.

    A network of another format is written as a spec, and `notes` tell what was taken from the file
    and not computed. Raises Refused for what is neither.
    """
    if checkpoints.format_of(raw[: checkpoints.HEAD], name) == SHARDS:
        raise Refused(f"{quote(name)} lists the files of weights in parts.\n{ONE_BY_ONE}")
    document = readers.read_bytes(raw, name)
    if document.weights is not None:
        return _weights(document)
    ending = PurePath(name).suffix.lower()
    foreign = ending in readers.endings() and ending not in native.endings
    if document.is_native and document.meant and foreign:
        raise Refused(f"{quote(name)} is no file of the format that {ending} stands for.\n{WHOLE}")
    if document.is_native:
        return {"text": _text(document, raw), "format": None, "notes": []}
    try:
        found = shapecalc.trace(network.build(document))
        text = shapecalc.convert(found.spec, to="yaml")
    except SpecError as error:
        raise Refused(_reasons(name, error.diagnostics)) from None
    assert isinstance(text, str)
    notes = [found.told for found in found.diagnostics if found.rule.stage == "files"]
    return {"text": text, "format": document.format, "notes": notes[:MOST_REASONS]}


def _text(document: Document, raw: bytes) -> str:
    """Return the text of a spec, or of something that may have been meant as one."""
    if not document.meant:
        found = shapecalc.trace(network.build(document))
        raise Refused(_reasons(document.file or "the file", found.diagnostics))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        what = "is no text in UTF-8, nor a file of a format that is read here"
        raise Refused(f"{quote(document.file)} {what}.") from None


def _reasons(name: str, diagnostics: Sequence[Diagnostic]) -> str:
    """Return why a file cannot be opened and, on a line of its own, what would work."""
    told = "; ".join(found.told for found in diagnostics[:MOST_REASONS])
    hint = next((found.hint for found in diagnostics if found.hint), "")
    reason = f"{quote(name)} cannot be opened: {told or 'no network is in it'}."
    return f"{reason}\n{hint[0].upper()}{hint[1:]}." if hint else reason


def _weights(document: Document) -> dict[str, Any]:
    from shapecalc.reports import weights as listing  # few files are weights

    rows = listing.rows_of(document.weights)
    sums = listing.sums_of(rows)
    columns = [listing.COLUMNS[key] for key in listing.DEFAULT]
    return {
        "format": document.weights.format,
        "titles": [[column.title, column.number] for column in columns],
        "tensors": [[column.value(row) for column in columns] for row in rows[:MOST_TENSORS]],
        "sums": sums._asdict(),
    }
