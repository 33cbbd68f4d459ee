"""Texts in our own language, YAML or JSON: specs, and the assignments and answers of homework.

The reader of specs is this module. Every file that no other reader takes ends here, so a file of
another kind is named for what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath

from shapecalc import rules
from shapecalc.diagnostics import Fault
from shapecalc.document import Document, Source
from shapecalc.readers.base import MAX_BYTES, File, unreadable

SPEC_KEY = re.compile(rb"""(?m)(?:^|[{,])[ \t]*["']?(layers|inputs?)["']?\s*:""")
NETWORK = ("layers", "input", "inputs")
SPEC_WORDS = (b"layers", b"input")
DIRECTIVE = "shapecalc:"  # stands in a comment that asks for findings to be left out
# What weight files have in them, or a list of their shards; no text of ours has it.
NUL, PICKLE, SHARDS = b"\0", b"\x80", b'"weight_map"'
endings = (".yaml", ".yml", ".json")


def claims(start: bytes, name: str) -> bool:
    """Claim every file: it is a spec, or it is told what it is instead."""
    return True


def read(file: File) -> Document:
    """Return the document of a spec. Never raises: its findings say what is wrong."""
    if NUL in file.start or SHARDS in file.start or file.start.startswith(PICKLE):
        from shapecalc.readers import weights  # most files are texts

        found = weights.read(file)
        if found is not None:
            return found
    return read_bytes(file.read(MAX_BYTES), file.name)


def read_path(path: FilePath) -> Document:
    """Return the document of a file. Raises OSError where it cannot be opened."""
    with path.open("rb") as file:
        return read_bytes(file.read(MAX_BYTES + 1), str(path))


def read_bytes(raw: bytes, file: str) -> Document:
    """Return the document of a file's bytes. Never raises: its findings say what is wrong.

    A file of another kind is named for what it is.
    """
    document = _read_bytes(raw, file)
    if isinstance(document.data, Mapping) and not document.data.keys().isdisjoint(NETWORK):
        return document
    from shapecalc.readers import foreign  # most files are what they should be

    kind = foreign.kind_of(raw, document.data)
    if kind is not None:
        document = unreadable(
            Fault(rules.UNREADABLE, f"this is {kind.name}", kind.hint), (1, 1), file
        )
    if kind is None or kind is foreign.UNKNOWN:
        document.meant = document.data is not None or _is_meant(raw)
    elif kind.hint == foreign.UTF_8:
        document.meant = _has_spec_key(raw.replace(b"\0", b"").lstrip(b"\xff\xfe"))
    else:
        document.meant = False
    return document


def _is_meant(raw: bytes) -> bool:
    """Say whether unreadable bytes are a spec gone wrong, rather than another tool's YAML."""
    try:
        return _has_spec_key(raw) or "\0" in raw.decode("utf-8")
    except UnicodeDecodeError:
        return True


def _has_spec_key(raw: bytes) -> bool:
    """Say whether layers or an input stand where a key may; the words come first, being quick."""
    return any(word in raw for word in SPEC_WORDS) and SPEC_KEY.search(raw) is not None


def _read_bytes(raw: bytes, file: str) -> Document:
    if len(raw) > MAX_BYTES:
        fault = Fault(
            rules.LIMIT_PASSED, f"the file is larger than {MAX_BYTES:,} bytes", "split it"
        )
        return unreadable(fault, (1, 1), file)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", "replace")
        place = good.count("\n") + 1, len(good) - good.rfind("\n")
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8 text"
        return unreadable(Fault(rules.UNREADABLE, message, "save the file as UTF-8"), place, file)
    return read_text(text, file)


def read_text(text: str, file: str) -> Document:
    """Return the document of a text: JSON by the file's ending or if it is JSON, else YAML."""
    if not text.strip():
        fault = Fault(rules.UNREADABLE, "the file is empty", "a spec has input: and layers:")
        return unreadable(fault, (1, 1), file)
    if file.endswith(".json") or text.lstrip().startswith("{"):
        from shapecalc.readers.json_text import read_json  # most specs are YAML

        document = read_json(text, file)
        if document.data is not None or file.endswith(".json"):
            document.open_source = lambda: _source(text, file, is_json=True)
            return document
    from shapecalc.readers.yaml_text import read_yaml  # which JSON does not need

    document = read_yaml(text, file)
    document.open_source = lambda: _source(text, file, is_json=False)
    if DIRECTIVE in text:
        from shapecalc.readers.comments import directives  # few specs have any

        document.directives = lambda: directives(text)
    return document


def _source(text: str, file: str, *, is_json: bool) -> Source:
    from shapecalc.readers.source_text import SourceText  # needed once something is to be mended

    return SourceText(text, is_json, lambda edited: read_text(edited, file))
