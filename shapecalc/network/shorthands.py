"""What people write in the place of a layer's fields: `K=32 F=3`, a list, a call of Python.

None of it is read; but where it can be told what is meant, that is offered, and the walk goes on
with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from shapecalc import rules
from shapecalc.diagnostics import Fault, repairable
from shapecalc.edits import Change, Repair, several
from shapecalc.frameworks.lookups import called, choose, words_of
from shapecalc.layers import ALIASES, KINDS, kind_of
from shapecalc.layers.base import aliases
from shapecalc.network.translation import kind_of_word, shown, translate
from shapecalc.network.tuples import without_tuples

LONGEST = 400
MOST_FIELDS = 12
PAIR = re.compile(r"([A-Za-z_]+)\s*[=:]\s*(\[[^\[\]]*\]|\([^()]*\)|[^\s,=:]+)[\s,]*")
IN_ORDER = {"conv": ("K", "F"), "conv_transpose": ("K", "F")}


class Meant(NamedTuple):
    """A layer in our words."""

    kind: str
    fields: dict[str, Any]
    then: str = ""  # the activation behind it

    @property
    def item(self) -> Any:
        """The layer as a list of layers holds it."""
        return {self.kind: self.fields} if self.fields else self.kind


def layer_meant(text: str) -> Meant | None:
    """Return the layer that a whole text means: `Conv2d(3, 64, 3)` or `conv K=10 F=5`."""
    if len(text) > LONGEST:
        return None
    call = called(text, _in_order)
    if call is not None:
        fields = dict(call.fields)
        then = kind_of(str(fields.pop("activation", ""))) or ""
        return _ours(call.name, fields if then else call.fields, then)
    word, _, rest = text.strip().partition(" ")
    pairs = _pairs(rest)
    return _ours(word, pairs) if pairs else None


def fields_meant(word: str, kind: str, value: Any) -> Meant | None:
    """Return the layer that a bare value means: `K=32 F=3`, or [3, 64, 3] as a call has them."""
    if isinstance(value, str):
        pairs = _pairs(value) if len(value) <= LONGEST else None
        return _ours(word, pairs) if pairs else None
    if not isinstance(value, list | tuple) or not 1 < len(value) <= MOST_FIELDS:
        return None
    words = words_of(word) if kind_of(word) is None else ()
    order: Sequence[str] = IN_ORDER.get(kind, ())
    if words:
        order = list(choose(words, ()).word.fields)
    if len(value) > len(order):
        return None
    return _ours(word, dict(zip(order, value, strict=False)))


def is_ambiguous(word: str, kind: str, value: Any = None) -> bool:
    """Say whether a list may be a window of unlike sizes, or what a call has: MaxPool2d(3, 2)."""
    unlike = isinstance(value, list | tuple) and len(value) == 2 and value[0] != value[1]
    meant = fields_meant(word, kind, value) if unlike else None
    return meant is not None and {"F", "S"} <= meant.fields.keys()


def offered(message: str, meant: Meant, word: str | None = None) -> Fault:
    """Return the fault of a whole item, or of the value behind `word`, with what is meant."""
    fields = ", ".join(f"{name}: {shown(inner)}" for name, inner in meant.fields.items())
    hint = f"write {meant.kind}" + (f": {{{fields}}}" if fields else "")
    if word is None:
        change = Change("set", meant.item)
        if meant.then:
            change, hint = Change("replace", [meant.item, meant.then]), f"{hint}, then {meant.then}"
        return repairable(rules.UNKNOWN_KIND, message, [Repair(hint, change)], hint)
    changes = [Change("set", meant.fields)]
    if word != meant.kind:
        changes.append(Change("rename", meant.kind))
    return repairable(rules.WRONG_VALUE, message, [Repair(hint, several(*changes))], hint)


def _pairs(text: str) -> dict[str, Any] | None:
    """Read `K=32 F=3` or `K: 32, F: 3`; None where it is anything else."""
    found: dict[str, Any] = {}
    end = 0
    text = text.strip(" ,{}")
    for match in PAIR.finditer(text):
        if match.start() != end or match[1] in found or len(found) == MOST_FIELDS:
            return None
        found[match[1]] = _value(match[2])
        end = match.end()
    return found if found and end == len(text) else None


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return without_tuples(text)


def _in_order(word: str) -> Sequence[str]:
    """Return the fields of one of our kinds as calls give them; nothing for any other word."""
    kind = kind_of(word)
    if kind is None:
        return ()
    first = IN_ORDER.get(kind) or [name for name in [KINDS[kind].shorthand] if name]
    return list(dict.fromkeys([*first, *KINDS[kind].model_fields]))


def _ours(word: str, given: Mapping[str, Any], then: str = "") -> Meant | None:
    """Return a layer in our words; None where the word is no kind, or does not take the fields."""
    kind = kind_of(word) or kind_of_word(word, given)
    if kind is None:
        return None
    translation = translate(ALIASES.get(word, word), kind, given, False)
    if translation.faults or translation.stops:
        return None
    words = aliases(KINDS[kind])
    fields = {words.get(name, name): value for name, value in translation.fields.items()}
    try:
        KINDS[kind].model_validate(fields)
    except ValidationError:
        return None
    return Meant(kind, fields, then)
