"""Finds the exported program in a .pt2 archive, in today's layout and in the one before it.

Today's has a folder at the top with archive_format, models/NAME.json and data/ in it; the one up to
PyTorch 2.6 has serialized_exported_program.json at the top. Which it is, the members' names tell.
Weights, constants and example inputs are never read.
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO, NamedTuple

from shapecalc.checkpoints.archives import Archive
from shapecalc.checkpoints.base import Unreadable
from shapecalc.diagnostics import quote
from shapecalc.readers.json_text import read_json
from shapecalc.readers.pytorch.malformed import Malformed, NoProgram

MOST_JSON = 64 * 1024 * 1024  # of a program: some 30,000 nodes with their stack traces
BEFORE = "serialized_exported_program.json"
MODEL = re.compile(r"(?:([^/]+)/)?models/([^/]+)\.json")


class Stored(NamedTuple):
    """A program's JSON, and where the weights that it names are kept, by name.

    `sharing` has the places of those alone that may be one tensor: a member with values in it.
    """

    program: Any
    sharing: dict[str, tuple[Any, ...]]


def open_archive(stream: BinaryIO) -> Stored | None:
    """Return what an archive stores; None where it is no exported program.

    Raises Malformed where it is damaged, or holds several programs.
    """
    try:
        archive = Archive(stream)
        member = _member(tuple(archive.sizes))
        if member is None:
            return None
        program = _json(archive, member)
        folder, _, name = member.rpartition("models/")
        config = f"{folder}data/weights/{name.removesuffix('.json')}_weights_config.json"
        stored = _json(archive, config) if config in archive.sizes else None
        return Stored(program, _sharing(archive, stored, f"{folder}data/weights/"))
    except Unreadable as error:
        raise Malformed(str(error)) from None


def _member(names: tuple[str, ...]) -> str | None:
    """Return the name of the member that is the program."""
    found = [name for name in names if MODEL.fullmatch(name)]
    if len(found) > 1:
        found = [name for name in found if name.endswith("/model.json")] or found
    if len(found) > 1:
        message = f"the archive holds {len(found)} networks"
        raise NoProgram(message, hint="save one by itself: torch.export.save(program, file)")
    if found or BEFORE in names:
        return found[0] if found else BEFORE
    if any(name.rpartition("/")[2] == "archive_format" for name in names):
        message = "the archive of PyTorch holds no graph, but compiled code at most"
        raise NoProgram(message, hint="save the program as it is exported: torch.export.save")
    return None


def _json(archive: Archive, member: str) -> Any:
    raw = archive.read(member, MOST_JSON)
    if len(raw) > MOST_JSON:
        raise Malformed(f"{quote(member)} is larger than {MOST_JSON:,} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"{quote(member)}: byte {error.start:,} is not UTF-8 text") from None
    document = read_json(text, as_python=True)
    for finding in document.findings:
        raise Malformed(f"{quote(member)}: {finding.fault.message}", hint=finding.fault.hint)
    return document.data


def _sharing(archive: Archive, config: Any, folder: str) -> dict[str, tuple[Any, ...]]:
    """Return for each weight where its values stand, as far as the archive has values.

    Weights that were exported without values, on the meta device, all name the same empty member.
    """
    listed = config.get("config") if isinstance(config, dict) else None
    found = {}
    for name, entry in listed.items() if isinstance(listed, dict) else ():
        path = entry.get("path_name") if isinstance(entry, dict) else None
        meta = entry.get("tensor_meta") if isinstance(entry, dict) else None
        if isinstance(path, str) and isinstance(meta, dict) and archive.sizes.get(folder + path):
            offset = meta.get("storage_offset")
            place = offset.get("as_int") if isinstance(offset, dict) else None
            found[name] = (path, place if type(place) is int else None)
    return found
