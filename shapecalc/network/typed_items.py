"""Layers whose kind is a value, as other tools write them: `{type: conv, K: 8}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, Path, quote, repairable
from shapecalc.edits import Change, Repair
from shapecalc.network.layer_item import TYPE_KEYS, is_kind


class Typed(NamedTuple):
    """An item whose kind is the value of `key`; `steps` lead from it to its fields."""

    fault: Fault
    key: str
    kind: str
    fields: Any
    steps: Path


def typed(item: Mapping[Any, Any], blocks: Mapping[str, Any]) -> Typed | None:
    """Return an item whose kind is the value of a key, or None.

    `{type: conv, K: 8, F: 3}` is written so, and `{class_name: Dense, config: {units: 10}}`.
    """
    if any(is_kind(key, blocks) for key in item):
        return None
    key = next((k for k in item if k in TYPE_KEYS and is_kind(item[k], blocks)), None)
    if key is None:
        return None
    kind = str(item[key])
    rest = {name: value for name, value in item.items() if name != key}
    config = rest.get("config")
    inside = isinstance(config, Mapping) and rest.keys() <= {"config", "name"}
    if isinstance(config, Mapping) and inside:
        rest = {**config, **{name: value for name, value in rest.items() if name == "name"}}
    message = f"the kind is a key of its own, and not the value of {quote(key)}"
    offer = "write the kind as the key, and its fields behind it"
    whole = {kind: rest} if rest else kind
    change = Change("replace", [whole], up=1)
    fault = repairable(rules.UNKNOWN_KEY, message, [Repair(offer, change)])
    return Typed(fault, key, kind, rest or None, ("config",) if inside else ())
