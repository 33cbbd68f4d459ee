"""Tuples of Python in a spec, which are no YAML: `(3, 3)` is a text, and in { } it falls apart."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, repairable
from shapecalc.edits import Change, Repair, several

LONGEST = 100  # characters
MOST_PARTS = 12
MOST_SIZES = 3  # of more, two may have been equal: the second is lost among the keys


class Torn(NamedTuple):
    """A tuple that a comma in { } has torn into a value and further keys."""

    key: str
    value: list[Any]
    parts: tuple[str, ...]  # the keys that belong to it

    @property
    def fault(self) -> Fault:
        """The fault, with the list as its repair."""
        changes = [Change("set", self.value, (self.key,))]
        changes += [Change("remove", None, (part,)) for part in self.parts]
        message = f"{quote(self.key)} is a list in square brackets: ( ) ends at the first comma"
        repair = Repair(f"write {self.key}: {self.value}", several(*changes))
        return repairable(rules.WRONG_VALUE, message, [repair])


def without_tuples(value: Any) -> Any:
    """Return a tuple that was written as text as the list it is; anything else as it is."""
    if not isinstance(value, str) or value[:1] != "(" or len(value) > LONGEST:
        return value
    try:
        found = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    if not isinstance(found, tuple):
        return found if type(found) is int else value
    return [list(inner) if isinstance(inner, tuple) else inner for inner in found]


def torn(fields: Mapping[Any, Any]) -> list[Torn]:
    """Return the tuples of a mapping that have fallen apart."""
    if not any(isinstance(value, str) and value[:1] == "(" for value in fields.values()):
        return []
    found = []
    items = list(fields.items())
    for place, (key, value) in enumerate(items):
        if not isinstance(value, str) or value[:1] != "(":
            continue
        text, parts = value, []
        for part, nothing in items[place + 1 : place + MOST_PARTS]:
            if nothing is not None or text.count("(") == text.count(")"):
                break
            text += f", {part}"
            parts.append(str(part))
        whole = without_tuples(text)
        if parts and isinstance(whole, list) and len(whole) <= MOST_SIZES:
            found.append(Torn(str(key), whole, tuple(parts)))
    return found
