"""Where what stands in a changed spec stood before, so that findings and layers are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.diagnostics import Finding, Path
from shapecalc.edits import Change, Unchangeable, value_at
from shapecalc.rules import Rule

Key = tuple[Rule, Path, str]
NEW = -1  # the place in a list of an item that was in none


def key_of(finding: Finding, change: Change | None = None, data: Any = None) -> Key:
    """Return what tells findings apart; of a changed spec, with the places of the one before."""
    path = finding.path if change is None else place_before(finding.path, change, data)
    said = finding.fault.message if finding.rule.stage == "reading" else ""
    return finding.rule, path, said


def place_before(path: Path, change: Change, data: Any) -> Path:
    """Return where a path of the changed data was before; NEW is in that of an item put in."""
    if change.action == "several":
        for part in reversed(change.value):
            path = place_before(path, part, data)
        return path
    *outer, last = change.path
    n = len(outer)
    if path[:n] != tuple(outer) or len(path) <= n:
        return path
    step, rest = path[n], path[n + 1 :]
    if change.action == "set" and step == last and _was_bare(data, change):
        return (*change.path, *rest[1:])  # a field that was the kind's bare value
    if change.action == "rename" and step == change.value:
        return (*outer, last, *rest)
    if isinstance(step, int) and isinstance(last, int):
        if change.action == "set" and step == last and isinstance(value_at(data, change.path), str):
            return (*change.path, *rest[1:])  # a bare kind, which has fields now
        grown = {"insert": 1, "remove": -1, "replace": len(change.value or ()) - 1}
        more = grown.get(change.action, 0)
        if last <= step < last + more:
            return (*outer, NEW, *rest)
        if step >= last + max(more, 0):
            return (*outer, step - more, *rest)
    return path


def _was_bare(data: Any, change: Change) -> bool:
    """Say whether a change puts fields where a bare value was written, or nothing."""
    if not isinstance(change.value, Mapping):
        return False
    try:
        return not isinstance(value_at(data, change.path), Mapping)
    except Unchangeable:
        return False
