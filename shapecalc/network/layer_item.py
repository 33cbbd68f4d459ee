"""One item of a list of layers, taken apart: its kind, its value, and what stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path, quote, repairable
from shapecalc.edits import Change, Repair
from shapecalc.layers import KINDS, kind_of, kinds
from shapecalc.network.expectations import LayerExpectations

INNER = {"residual": ("body", "shortcut"), "parallel": ("branches",), "repeat": ("layers",)}


@dataclass(slots=True)
class LayerItem:
    """One item of a list of layers, taken apart."""

    kind: str  # as written
    value: Any
    path: Path
    name: str | None = None
    origin: Any = None  # `from`
    expectations: LayerExpectations | None = None
    share: Any = None
    learns: bool = True  # `trainable`


def is_kind(word: Any, blocks: Mapping[str, Any]) -> bool:
    """Say whether a key names a layer kind or a block."""
    if not isinstance(word, str) or kind_of(word) is not None or word in blocks:
        return isinstance(word, str)
    from shapecalc.frameworks.lookups import words_of  # not needed by who writes in our words

    return bool(words_of(word)) or kinds.find(word) is not None


def likely_kind(item: Mapping[Any, Any], blocks: Mapping[str, Any]) -> Any:
    """Return the key that is the kind: the first that is one, otherwise the first."""
    if len(item) == 1:
        return next(iter(item))
    return next((key for key in item if is_kind(key, blocks)), next(iter(item)))


TYPE_KEYS = frozenset(("type", "kind", "layer", "op", "layer_type", "class_name", "module"))


def keys_beside(
    item: Mapping[Any, Any], chosen: Any, blocks: Mapping[str, Any], path: Path
) -> Iterator[Finding]:
    """Yield what is wrong with every key of an item beside the one that is the kind."""
    known = [k for k in item if is_kind(k, blocks)]
    for key in item:
        if key != chosen:
            yield Finding(_beside(item, chosen, key, key in known), (*path, str(key)))


def _beside(item: Mapping[Any, Any], chosen: Any, key: Any, is_kind: bool) -> Fault:
    """Return the fault of a key beside the kind of an item: a field, or another layer."""
    if key == "<<":
        return Fault(rules.UNKNOWN_KEY, "merge keys are not read", "write a block, or the fields")
    rest = {k: value for k, value in item.items() if k != key}
    if is_kind:
        message = f"{quote(key)} stands beside {quote(chosen)} in one item"
        text, change = (
            "begin each layer with a dash of its own",
            Change("replace", [rest, {key: item[key]}], up=1),
        )
        return repairable(rules.UNKNOWN_KEY, message, [Repair(text, change)])
    message = f"{quote(key)} stands beside the kind {quote(chosen)}"
    text = f"indent it: it belongs among the fields of {quote(chosen)}"
    fields = item[chosen]
    cls = KINDS.get(kind_of(chosen) or "") if isinstance(chosen, str) else None
    if fields is not None and not isinstance(fields, Mapping):
        fields = {cls.shorthand: fields} if cls is not None and cls.shorthand else None
        if fields is None:
            return Fault(rules.UNKNOWN_KEY, message, text)
    change = Change("set", {**rest, chosen: {**(fields or {}), key: item[key]}}, up=1)
    return repairable(rules.UNKNOWN_KEY, message, [Repair(text, change)], text)


def inner_lists(kind: str, value: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """Yield the lists of layers written inside a composite, each with its path."""
    main = INNER[kind][0]
    fields = value if isinstance(value, Mapping) else {main: value}
    base = path
    for name in INNER[kind] if isinstance(value, Mapping) else (main,):
        path = (*base, name) if isinstance(value, Mapping) else base
        lists = fields.get(name)
        if name != "branches":
            yield lists, path
        elif isinstance(lists, list | tuple):
            for index, branch in enumerate(lists):
                yield branch, (*path, index)
