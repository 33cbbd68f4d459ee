"""Where a layer's field is written: beside its kind, as a bare value, or as a block's argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.diagnostics import Path
from shapecalc.edits import Change, Unchangeable, several, value_at
from shapecalc.layers import KINDS, kind_of
from shapecalc.layers.base import aliases
from shapecalc.network import Instance
from shapecalc.network.validation import PARAMETER
from shapecalc.tracing import Trace

MOST_BLOCKS = 100  # inside one another


def resolved(trace: Trace, layer: str | None, change: Change, more: int = 0) -> Change:
    """Return a change of a field, or beside a layer, as one of the data; any other as it is.

    It is for that layer, and for `more` that are written in the same place. Raises Unchangeable
    where the field cannot be changed, or not for all of them.
    """
    if change.action == "several":
        return several(*(resolved(trace, layer, part, more) for part in change.value))
    if change.action == "behind":
        return _behind(trace, layer, change)
    if change.action == "before":
        path = change.path if isinstance(change.path[-1], int) else change.path[:-1]
        return Change("insert", change.value, path)
    if change.action != "field":
        return change
    data = trace.spec.document.data
    for _ in range(MOST_BLOCKS):
        words, main = _words(trace, change.path, data)
        found = _field(data, change, words, main)
        given = _given(data, found.path)
        if not isinstance(given, str) or not PARAMETER.fullmatch(given):
            return found
        instance = _instance(trace, layer, change.path)
        if instance is None:
            return found
        if more and not _all_within(instance, trace, change.path):
            raise Unchangeable
        change = Change("field", change.value, instance.path, given[1:])
    raise Unchangeable


def _behind(trace: Trace, layer: str | None, change: Change) -> Change:
    """Return the change that puts a layer behind another, whose output it takes over."""
    index = next((i for i, node in enumerate(trace.spec.nodes) if node.name == layer), None)
    if index is None:
        raise Unchangeable
    source = trace.spec.values.of(index)
    takers = [i for i, node in enumerate(trace.spec.nodes) if source in (node.sources or ())]
    if takers not in ([], [index + 1]):
        raise Unchangeable
    path = change.path if isinstance(change.path[-1], int) else change.path[:-1]
    items, place = value_at(trace.spec.document.data, path[:-1]), path[-1]
    if not isinstance(place, int):
        raise Unchangeable
    if place + 1 == len(items):
        return Change("append", change.value, path[:-1])
    return Change("insert", change.value, (*path[:-1], place + 1))


def _instance(trace: Trace, layer: str | None, path: Path) -> Instance | None:
    """Return the instance that a layer stands in, of the block that a path leads into."""
    index = next((i for i, record in enumerate(trace.layers) if record.name == layer), -1)
    around = [
        instance
        for instance in trace.spec.instances
        if path[:2] == ("blocks", instance.kind) and instance.first <= index < instance.end
    ]
    return around[-1] if around else None


def _all_within(instance: Instance, trace: Trace, path: Path) -> bool:
    """Say whether no other instance of a block has the layer that is written at a path."""
    nodes = trace.spec.nodes
    others = (*nodes[: instance.first], *nodes[instance.end :])
    return all(node.path != path for node in others)


def _words(trace: Trace, path: Path, data: Any) -> tuple[Mapping[str, str], str | None]:
    """Return the words of what is written at a path, each with its field, and the bare one's."""
    word = path[-1] if isinstance(path[-1], str) else value_at(data, path)
    if not isinstance(word, str):  # an item that is no layer
        raise Unchangeable
    kind = kind_of(word)
    if kind is not None:
        return aliases(KINDS[kind]), KINDS[kind].shorthand
    try:
        block = value_at(data, ("blocks", str(word)))
    except Unchangeable:
        return _foreign(str(word), path, data)
    parameters = block.get("parameters") if isinstance(block, Mapping) else None
    names = [str(name) for name in parameters] if isinstance(parameters, Mapping) else []
    return {name: name for name in names}, next(iter(names), None)


def _foreign(word: str, path: Path, data: Any) -> tuple[Mapping[str, str], str | None]:
    """Return the words of a framework's layer."""
    from shapecalc.frameworks.lookups import choose, renamed, words_of  # most write in our words
    from shapecalc.network.translation import kind_of_word

    value = value_at(data, path)
    kind = kind_of_word(word, value)
    if kind is None:
        return {}, None
    layer, _ = choose(words_of(word), value if isinstance(value, Mapping) else ())
    return {**aliases(KINDS[kind]), **renamed(layer)}, KINDS[kind].shorthand


def _field(data: Any, change: Change, words: Mapping[str, str], main: str | None) -> Change:
    path, name, wanted = change.path, change.name, change.value
    value = value_at(data, path)
    if not name:  # several fields
        if value is not None and not isinstance(value, Mapping):
            raise Unchangeable
        said = {k: words.get(str(k), str(k)) for k in value or {}}
        made = {k: wanted.get(field, (value or {})[k]) for k, field in said.items()}
        added = {field: one for field, one in wanted.items() if field not in said.values()}
        return Change("set", {**made, **added}, path)
    if isinstance(value, Mapping):
        key = next((str(k) for k in value if words.get(str(k), str(k)) == name), None)
        if wanted is None:
            if key is None:
                raise Unchangeable
            return Change("remove", None, (*path, key))
        return Change("set", wanted, (*path, key or name))
    if wanted is None:
        raise Unchangeable
    if isinstance(path[-1], int):  # a bare kind
        return Change("set", {value: {name: wanted}}, path)
    if value is None:
        return Change("set", {name: wanted}, path)
    if name == main:
        return Change("set", wanted, path)
    if main is None:
        raise Unchangeable
    return Change("set", {main: value, name: wanted}, path)


def written_value(trace: Trace, path: Path, name: str) -> Any:
    """Return how a field of the layer at a path is written; nothing where it is not."""
    data = trace.spec.document.data
    try:
        words, main = _words(trace, path, data)
        value = value_at(data, path)
    except Unchangeable:
        return None
    if isinstance(value, Mapping):
        return next((v for k, v in value.items() if words.get(str(k), str(k)) == name), None)
    return value if name == main else None


def _given(data: Any, path: Path) -> Any:
    """Return the value that a field has now; nothing where it is not written."""
    try:
        return value_at(data, path)
    except Unchangeable:
        return None
