"""What people write in the place of a layer's fields: `K=32 F=3`, a list, a call of Python.

None of it is read; but where it can be told what is meant, that is offered, and the walk goes on
with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, repairable
from shapecalc.edits import Change, Repair, several
from shapecalc.frameworks.lookups import called, words_of
from shapecalc.frameworks.meanings import Word
from shapecalc.layers import ALIASES, KINDS, kind_of
from shapecalc.layers.base import aliases, field_words
from shapecalc.layers.read_numbers import crossed, meant_whole, numbers_of
from shapecalc.network.glued import read_value
from shapecalc.network.translation import kind_of_word, shown, translate
from shapecalc.network.validation import EXAMPLES

LONGEST = 400
MOST_FIELDS = 12
PAIR = re.compile(r"([A-Za-z_]+)\s*[=:]\s*(\[[^\[\]]*\]|\([^()]*\)|[^\s,=:]+)[\s,]*")
FILTERS = ("conv", "conv_transpose")  # need the size of their filters, too
IN_ORDER = {
    **dict.fromkeys(FILTERS, ("K", "F")),
    **dict.fromkeys(("max_pool", "avg_pool", "l2_pool"), ("F", "S", "P")),
}
SPOKEN = re.compile(
    r"\s*([0-9]{1,9})(?:\s*@\s*|\s*,\s*|\s+(?:filters?|kernels?)\s*(?:,|of|with)?\s*)"
    r"(?:size\s+)?([0-9]{1,9}(?:\s*[xX×]\s*[0-9]{1,9})*)\s*"
)


class Meant(NamedTuple):
    """A layer in our words."""

    kind: str
    fields: dict[str, Any]
    then: str = ""  # the activation behind it
    example: bool = False  # a field is missing: it may have any value

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
    """Return the layer that a bare value means: `K=32 F=3`, or [3, 64, 3] as a call has them.

    None where it may be two things: [3, 8, 3] is 8 filters on depth 3, or 3 filters of 8x3.
    """
    if isinstance(value, str):
        if len(value) > LONGEST:
            return None
        pairs = _pairs(value) or (_spoken(value) if kind in FILTERS else None)
        if pairs:
            return _ours(word, pairs)
        value = numbers_of(value) or value
    if kind in FILTERS and not isinstance(value, list | tuple):
        value = [value]
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_FIELDS:
        return None
    words = words_of(word) if kind_of(word) is None else ()
    if not words:
        fields = _in_ours(kind, value)
        return _ours(word, fields) if fields else None
    read = [_ours(word, given, complete=True) for given in _by_order(words, value)]
    meant = [layer for layer in read if layer is not None]
    return meant[0] if meant and all(layer == meant[0] for layer in meant) else None


def _by_order(words: Sequence[Word], value: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the fields of values in the order of every framework that a word may be of."""
    for word in words:
        if len(value) <= len(word.fields):
            yield dict(zip(word.fields, value, strict=False))


def _in_ours(kind: str, value: Sequence[Any]) -> Mapping[str, Any]:
    """Return the fields of values in the order that is ours; none where there is no one order."""
    order = IN_ORDER.get(kind, ())
    if kind in FILTERS:
        whole = meant_whole(value[0], 1)
        value = [value[0] if whole is None else whole, *value[1:]]
        if len(value) == 3 and value[1] == value[2] != value[0]:  # 32 filters of 3x3
            value = value[:2]
    return dict(zip(order, value, strict=False)) if len(value) <= len(order) else {}


def _spoken(text: str) -> dict[str, Any] | None:
    """Read `8 filters of 3x3`."""
    match = SPOKEN.fullmatch(text)
    if match is None:
        return None
    sizes = crossed(match[2]) or []
    return {"K": int(match[1]), "F": sizes[0] if len(set(sizes)) == 1 else sizes}


def not_told(word: str, kind: str, value: Any) -> Fault:
    """Return the fault of a bare value that is no main field, and may mean anything."""
    message = f"{quote(word)} takes fields, not {quote(value)}"
    needed = field_words(KINDS[kind], required=True)
    named = " and ".join(sorted(needed, key=IN_ORDER[kind].index))
    hint = f"name {named} each: shapecalc explain {kind} shows how they are written"
    return Fault(rules.WRONG_VALUE, message, hint)


def is_ambiguous(word: str, kind: str, value: Any = None) -> bool:
    """Say whether a list may be a window of unlike sizes, or what a call has: MaxPool2d(3, 2)."""
    unlike = isinstance(value, list | tuple) and len(value) == 2 and value[0] != value[1]
    meant = fields_meant(word, kind, value) if unlike else None
    return meant is not None and {"F", "S"} <= meant.fields.keys()


def windows(kind: str, value: Any) -> list[int]:
    """Return the sizes of a text that may be a window, or its size and stride: `3, 2`."""
    sizes = numbers_of(value) or []
    return sizes if KINDS[kind].shorthand == "F" and len(set(sizes)) == len(sizes) == 2 else []


def offered(message: str, meant: Meant, word: str | None = None, or_sizes: Any = None) -> Fault:
    """Return the fault of a whole item, or of the value behind `word`, with what is meant."""
    fields = ", ".join(f"{name}: {shown(inner)}" for name, inner in meant.fields.items())
    begin = "for example" if meant.example else "write"
    hint = f"{begin} {meant.kind}" + (f": {{{fields}}}" if fields else "")
    if word is None:
        change = Change("set", meant.item)
        if meant.then:
            change, hint = Change("replace", [meant.item, meant.then]), f"{hint}, then {meant.then}"
        return repairable(rules.UNKNOWN_KIND, message, [Repair(hint, change)], hint)
    changes = [Change("set", meant.fields)]
    if word != meant.kind:
        changes.append(Change("rename", meant.kind))
    repairs = [Repair(hint, several(*changes))]
    if or_sizes:
        repairs.append(Repair(f"write {word}: {or_sizes}", Change("set", or_sizes)))
    return repairable(rules.WRONG_VALUE, message, repairs, hint)


def _pairs(text: str) -> dict[str, Any] | None:
    """Read `K=32 F=3` or `K: 32, F: 3`; None where it is anything else."""
    found: dict[str, Any] = {}
    end = 0
    text = text.strip(" ,{}")
    for match in PAIR.finditer(text):
        if match.start() != end or match[1] in found or len(found) == MOST_FIELDS:
            return None
        found[match[1]] = read_value(match[2])
        end = match.end()
    return found if found and end == len(text) else None


def _in_order(word: str) -> Sequence[str]:
    """Return the fields of one of our kinds as calls give them; nothing for any other word."""
    kind = kind_of(word)
    if kind is None:
        return ()
    first = IN_ORDER.get(kind) or [name for name in [KINDS[kind].shorthand] if name]
    return list(dict.fromkeys([*first, *field_words(KINDS[kind])]))


def _ours(
    word: str, given: Mapping[str, Any], then: str = "", *, complete: bool = False
) -> Meant | None:
    """Return a layer in our words; None where the word is no kind, or does not take the fields.

    A field that is missing gets an example of its value, unless they have to be `complete`.
    """
    kind = kind_of(word) or kind_of_word(word, given)
    if kind is None:
        return None
    translation = translate(ALIASES.get(word, word), kind, given, False)
    if translation.faults or translation.stops:
        return None
    words = aliases(KINDS[kind])
    fields = {words.get(name, name): value for name, value in translation.fields.items()}
    example = False
    for _ in range(2):
        try:
            KINDS[kind].model_validate(fields)
        except ValidationError as error:
            if complete or example or not all(e["type"] == "missing" for e in error.errors()):
                return None
            missing = [str(problem["loc"][0]) for problem in error.errors()]
            if not all(name in EXAMPLES for name in missing):
                return None
            example = True
            order = [name for name in field_words(KINDS[kind]) if name in (*missing, *fields)]
            order.sort(key="K".__ne__)
            fields = {name: fields.get(name, EXAMPLES.get(name)) for name in order}
        else:
            break
    return Meant(kind, fields, then, example)
