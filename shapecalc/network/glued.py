"""Keys that have swallowed their values: in { } `K=32` is a key without any, and so is `K:32`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from shapecalc.edits import Change
from shapecalc.network.tuples import without_tuples

LONGEST = 100  # characters
GLUED = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*[=:]\s*(.*?)\s*", re.DOTALL)


class Glued(NamedTuple):
    """A key as written, the field in it, and the field's value."""

    key: str
    name: str
    value: Any
    written: bool  # the value stands behind the key, as it should

    def changes(self, up: int = 0) -> list[Change]:
        """Return what takes it apart; the places are behind that of the key's mapping."""
        apart = [] if self.written else [Change("set", self.value, (self.key,), up=up)]
        return [*apart, Change("rename", self.name, (self.key,), up=up)]


def glued(fields: Mapping[Any, Any]) -> list[Glued]:
    """Return the keys of a mapping that hold a field and its value."""
    found = []
    for key, value in fields.items():
        match = GLUED.fullmatch(key) if isinstance(key, str) and len(key) <= LONGEST else None
        if match is None or match[1] in fields:
            continue
        if match[2] and value is None:
            found.append(Glued(key, match[1], read_value(match[2]), False))
        elif not match[2] and value is not None:
            found.append(Glued(key, match[1], value, True))
    return found


def read_value(text: str) -> Any:
    """Return what a text holds: a number, a list, or the text."""
    try:
        return json.loads(text)
    except ValueError:
        return without_tuples(text)
