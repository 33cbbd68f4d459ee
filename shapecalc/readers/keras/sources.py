"""Finds the configuration of a model in a file: JSON, YAML, a .keras archive, HDF5."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from shapecalc.diagnostics import Path
from shapecalc.document import Document
from shapecalc.readers.base import HEAD, MAX_BYTES  # of a configuration, not of the file around it
from shapecalc.readers.json_text import read_json
from shapecalc.readers.keras.graph import Malformed, NoLayers, TooLarge

BESIDE = ("metadata.json", "model.weights.h5")  # stand beside config.json in archives of Keras
MOST_WRAPPED = 3  # JSON as a text in JSON
ZIP, HDF5, LFS = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"version https://git-lfs"
YAML = re.compile(r"\s*(?:backend|class_name|config|keras_version):")  # how to_yaml() begins
PYTHON_TAG = re.compile(r"(?<![^\s\[{,])!!python/(?:tuple|unicode|str)(?=\s)")  # of to_yaml()


@dataclass(frozen=True)
class Source:
    """The configuration of a model, and how its places are found.

    `path` leads to it in the document; `stated` are the version, the backend and other things
    that stand beside it; `member` is the part of an archive or HDF5 file that holds it.
    """

    data: Any
    document: Document
    stated: Mapping[str, Any]
    path: Path = ()
    member: str | None = None
    has_lines: bool = False

    def place(self, path: Path) -> tuple[int, int] | None:
        """Return line and column of a path, or None where the text has no lines to speak of."""
        if not self.has_lines or not path:
            return None
        line, column, *_ = self.document.locate(path)
        return None if line is None or column is None else (line, column)


def open_source(stream: BinaryIO) -> Source:
    """Return the source of an open file of any form, known by its beginning."""
    stream.seek(0)
    beginning = stream.read(32)
    if beginning.startswith(ZIP):
        return _archive(stream)
    if beginning.startswith(HDF5) or _is_hdf5_behind_a_block(stream):
        return _hdf5(stream)
    if beginning.startswith(LFS):
        message = "this is a pointer of Git LFS, not the file: run git lfs pull"
        raise Malformed(message, is_model=False)
    stream.seek(0)
    return _text(stream.read(MAX_BYTES + 1))


def _is_hdf5_behind_a_block(stream: BinaryIO) -> bool:
    """Say whether an HDF5 file begins with a block of its user's own."""
    for place in (512, 1024, 2048, 4096):
        stream.seek(place)
        if stream.read(8) == HDF5:
            return True
    return False


# -- texts -----------------------------------------------------------------------------------------


def _text(raw: bytes, member: str | None = None, stated: Mapping[str, Any] | None = None) -> Source:
    """Return the source of a JSON or YAML text."""
    document, wrapped = _document(raw, member)
    text_lines = member is None and not wrapped and b"\n" in raw.strip()
    data, path = document.data, Path(())
    beside: dict[str, Any] = dict(stated or {})
    for word in ("modelTopology", "model_config"):
        if isinstance(data, dict) and word in data and "class_name" not in data:
            beside = data | beside
            data, path = data[word], (*path, word)
            if isinstance(data, str):  # a text again: places in it are no places of the file
                document, text_lines = _document(data.encode(), member)[0], False
                data, path = document.data, Path(())
    if isinstance(data, dict):
        beside = {k: data[k] for k in ("keras_version", "backend") if k in data} | beside
        if "node" in data and "class_name" not in data:
            raise NoLayers("this is a graph of TensorFlow's operations, not of Keras' layers", path)
    return Source(data, document, beside, path, member, text_lines)


def _document(raw: bytes, member: str | None) -> tuple[Document, bool]:
    """Return the document of a text, and whether it was a text within JSON."""
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"the configuration is larger than {MAX_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start:,} is not UTF-8 text") from None
    for depth in range(MOST_WRAPPED + 1):
        document = _parsed(text, member if not depth else "text within JSON")
        if not isinstance(document.data, str):
            return document, depth > 0
        text = document.data
    raise Malformed("JSON as a text within JSON, again and again")


def _parsed(text: str, member: str | None) -> Document:
    """Return the document of a text. Raises Malformed with the place of what is wrong."""
    is_json = text.lstrip()[:1] in tuple('{["')
    if is_json:
        document = read_json(text, as_python=True)
    elif "class_name" in text:
        from shapecalc.readers.yaml_text import read_yaml  # few files are YAML

        document = read_yaml(PYTHON_TAG.sub(lambda tag: " " * len(tag[0]), text))
    else:
        message = "this is neither JSON nor YAML of Keras, an archive, nor HDF5"
        raise Malformed(message, is_model=False)
    for finding in document.findings:
        span = document.locate(finding.path) if finding.place is None else finding.place
        line, column = span[0] or 1, span[1] or 1
        is_model = is_json or YAML.match(text) is not None
        error = Malformed(finding.fault.message, finding.path, (line, column), is_model=is_model)
        error.member = member
        raise error
    return document


# -- archives and HDF5 -----------------------------------------------------------------------------


def _configuration(raw: bytes, member: str, stated: Mapping[str, Any], is_model: bool) -> Source:
    """Return the source of a member; where that is none, the file is damaged, if it is Keras'."""
    try:
        return _text(raw, member, stated)
    except Malformed as error:
        error.is_model = error.is_model or is_model
        error.member = error.member or member
        raise


def _archive(stream: BinaryIO) -> Source:
    """Return the configuration in a .keras archive."""
    from shapecalc.checkpoints.archives import Archive  # few files are archives
    from shapecalc.checkpoints.base import Unreadable

    try:
        archive = Archive(stream)
        if "config.json" not in archive.sizes:
            raise NoLayers("an archive without config.json is none of Keras", is_model=False)
        found = {
            name: archive.read(name, MAX_BYTES)
            for name in ("config.json", "metadata.json")
            if name in archive.sizes
        }
    except Unreadable as error:
        raise Malformed(str(error)) from None
    is_model = not set(BESIDE).isdisjoint(archive.sizes)
    stated = {}
    if "metadata.json" in found:
        data = _document(found["metadata.json"], "metadata.json")[0].data
        stated = data if isinstance(data, dict) else {}
    return _configuration(found["config.json"], "config.json", stated, is_model)


def _hdf5(stream: BinaryIO) -> Source:
    """Return the configuration in an HDF5 file."""
    from shapecalc.checkpoints.hdf5 import Damaged, HDF5File, Unreadable

    member = "attribute model_config"
    try:
        file = HDF5File(stream)
        config = file.attribute("model_config")
        stated = {name: file.attribute(name) for name in ("keras_version", "backend")}
    except Unreadable as error:
        stream.seek(0)  # a sound file may have weights alone
        is_model = isinstance(error, Damaged) or b"model_config" in stream.read(HEAD)
        raise Malformed(f"a damaged HDF5 file: {error}", is_model=is_model) from None
    if config is not None and not isinstance(config, str):
        raise Malformed(f"{member} is no text")
    if not isinstance(config, str):
        message = "the HDF5 file has weights but no model_config: it was saved without layers"
        raise NoLayers(message, is_model=False)
    beside = {k: v for k, v in stated.items() if v is not None}
    return _configuration(config.encode(), member, beside, True)
