"""A format of another tool, as a text of lines and as a binary file; its reader is one module.

Its files list nodes by names of their own, with what each takes, and the shape that it gives.
"""

from __future__ import annotations

from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path
from shapecalc.document import Document, Original
from shapecalc.layers import KINDS
from shapecalc.readers.base import File
from shapecalc.readers.json_text import read_json

TEXT, BINARY = b'{"toy":', b"\x00\xffTOY"
KEYS = {"from": "takes", "name": "name", "what": "does", "output": "shape"}

endings = (".toy", ".toyb")


def claims(start: bytes, name: str) -> bool:
    """Say whether a file is of the format."""
    return start.startswith((TEXT, BINARY))


def read(file: File) -> Document | None:
    """Return the document of a text, or of a binary file, which holds the same text."""
    raw = file.read(1_000_000)
    text = raw.removeprefix(BINARY).decode("utf-8", "surrogateescape")
    document = read_json(text, file.name)
    toy = document.data
    if not isinstance(toy, dict):
        damaged = Finding(Fault(rules.DAMAGED, "the file ends too early"), Original())
        return Document(None, file.name, [damaged])
    if "nodes" not in toy:
        return Document(None, file.name, meant=False)
    return Document(
        _spec_of(toy),
        file.name,
        _faults(toy),
        None if raw.startswith(BINARY) else document.read_places,
        original_path=_Paths(toy["nodes"], raw.startswith(BINARY)),
    )


def _spec_of(toy: dict[str, Any]) -> dict[str, Any]:
    layers = [_layer(node) for node in toy["nodes"] if "name" in node]
    inputs = toy.get("inputs", {"image": None})
    spec = {"name": toy.get("name"), "inputs": inputs, "rounding": "floor", "layers": layers}
    return spec | ({"outputs": toy["gives"]} if "gives" in toy else {})


def _layer(node: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": node["name"]}
    if "takes" in node:
        fields["from"] = node["takes"]
    if node["does"] in KINDS:
        claim = {"expect": {"output": node["shape"]}} if "shape" in node else {}
        return {node["does"]: {**fields, **claim, **node.get("with", {})}}
    stated = {"what": node["does"], "output": node.get("shape")}
    return {"operation": {**fields, **stated, **node.get("with", {})}}


def _faults(toy: dict[str, Any]) -> list[Finding]:
    unnamed = Fault(rules.DAMAGED, "a node has no name", "save the file again")
    return [
        Finding(unnamed, Original(("nodes", index)))
        for index, node in enumerate(toy["nodes"])
        if "name" not in node
    ]


class _Paths:
    """Leads from the spec's paths to the file's: to the lines of a text, to the names of nodes."""

    def __init__(self, nodes: list[dict[str, Any]], binary: bool) -> None:
        self.names = [node["name"] for node in nodes if "name" in node]
        self.binary = binary

    def __call__(self, path: Path) -> Path:
        """Return the file's own path."""
        if path[:1] != ("layers",) or len(path) < 2:
            return path
        if self.binary:
            return (self.names[int(path[1])],)
        field = path[3:4] if path[3:4] != ("expect",) else ("output",)
        inside = tuple(KEYS[str(key)] if key in KEYS else "with" for key in field)
        rest = field if inside == ("with",) else ()
        return ("nodes", path[1], *inside, *rest)
