"""One item of a list of layers, taken apart: its kind, its value, and what stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapecalc.diagnostics import (
    Fault,
    Finding,
    Findings,
    Path,
    misspelt,
    quote,
    repairable,
    suggested,
)
from shapecalc.edits import Change, Repair
from shapecalc.frameworks.elsewhere import (
    NO_LAYERS,
    NOT_YET,
    NOTHING_CHANGES,
    OTHER_WORDS,
    SAME_COUNTS,
)
from shapecalc.frameworks.lookups import names, spelled, words_of
from shapecalc.layers import ALIASES, KINDS, kind_of
from shapecalc.network.expectations import LayerClaims

INNER = {"residual": ("body", "shortcut"), "parallel": ("branches",), "repeat": ("layers",)}


@dataclass(slots=True)
class Written:
    """One item of a list of layers, taken apart."""

    kind: str  # as written
    value: Any
    path: Path
    name: str | None = None
    origin: Any = None  # `from`
    claims: LayerClaims | None = None
    share: Any = None


def is_kind(word: Any, blocks: Mapping[str, Any]) -> bool:
    """Say whether a key names a layer kind or a block."""
    return isinstance(word, str) and (
        kind_of(word) is not None or word in blocks or bool(words_of(word))
    )


def likely_kind(item: Mapping[Any, Any], blocks: Mapping[str, Any]) -> Any:
    """Return the key that is the kind: the first that is one, otherwise the first."""
    if len(item) == 1:
        return next(iter(item))
    return next((key for key in item if is_kind(key, blocks)), next(iter(item)))


def kind_key(
    item: Mapping[Any, Any], blocks: Mapping[str, Any], path: Path, findings: Findings
) -> Any:
    """Return the key that is the kind; report every key beside it."""
    chosen = likely_kind(item, blocks)
    if len(item) == 1:
        return chosen
    known = [k for k in item if is_kind(k, blocks)]
    for key in item:
        if key == chosen:
            continue
        findings.append(Finding(_beside(item, chosen, key, key in known), (*path, str(key))))
    return chosen


def _beside(item: Mapping[Any, Any], chosen: Any, key: Any, is_kind: bool) -> Fault:
    """Return the fault of a key beside the kind of an item: a field, or another layer."""
    if key == "<<":
        return Fault("SC102", "merge keys are not read", "write a block, or the fields")
    rest = {k: value for k, value in item.items() if k != key}
    if is_kind:
        message = f"{quote(key)} stands beside {quote(chosen)} in one item"
        text, change = (
            "begin each layer with a dash of its own",
            Change("replace", [rest, {key: item[key]}], up=1),
        )
        return repairable("SC102", message, [Repair(text, change)])
    message = f"{quote(key)} stands beside the kind {quote(chosen)}"
    text = f"indent it: it belongs among the fields of {quote(chosen)}"
    fields = item[chosen]
    cls = KINDS.get(kind_of(chosen) or "") if isinstance(chosen, str) else None
    if fields is not None and not isinstance(fields, Mapping):
        fields = {cls.main: fields} if cls is not None and cls.main else None
        if fields is None:
            return Fault("SC102", message, text)
    change = Change("set", {**rest, chosen: {**(fields or {}), key: item[key]}}, up=1)
    return repairable("SC102", message, [Repair(text, change)], text)


def unknown_kind(word: str, blocks: Mapping[str, Any], findings: Sequence[Finding]) -> Fault:
    """Return the fault of a word that is no kind, with what it is here, or that it is not here.

    A near word is offered only where it is the same word misspelt.
    """
    shown = quote(word)
    if word[:1] == "$":
        return Fault("SC107", f"{shown} is no parameter here", "parameters belong in blocks")
    message = f"there is no layer kind {shown}"
    if words_of(word):  # Keras' Activation, whose value is none
        hint = "write the activation itself, such as - relu"
        return Fault("SC105", f"{shown} needs the name of an activation", hint)
    known = {spelled(name): name for name in (*KINDS, *ALIASES, *blocks)}
    meant = spelled(word.rpartition(".")[2])
    if meant not in known and not _is_foreign(meant):
        foreign = [*NOT_YET, *NO_LAYERS, *OTHER_WORDS, *map(spelled, names())]
        meant = suggested(meant, lambda: [*known, *foreign], findings) or ""
    if meant in NOT_YET:
        return _not_yet(f"{message} yet", NOT_YET[meant])
    if meant in NO_LAYERS:
        return Fault("SC105", message, NO_LAYERS[meant])
    close = (known[meant],) if meant in known else OTHER_WORDS.get(meant, ())
    if not close and meant:
        close = tuple(word.kind for word in words_of(meant)[:1] if word.kind)
    if "(" in word:
        return Fault("SC105", message, "write - conv: {K: 10, F: 5}, without a call")
    fault = Fault("SC105", message, "shapecalc explain lists the kinds")
    if len(close) > 1:
        offers = [Repair(f"write {kind}", Change("rename", kind)) for kind in close]
        return repairable("SC105", message, offers, f"write {' or '.join(close)}")
    return misspelt(fault, close[0] if close else None)


def _is_foreign(word: str) -> bool:
    return any(word in words for words in (NOT_YET, NO_LAYERS, OTHER_WORDS))


def _not_yet(message: str, hint: str) -> Fault:
    """Return the fault of a layer that has no kind here, with a way round it where there is one."""
    if hint == SAME_COUNTS:
        return repairable("SC105", message, [Repair(hint, Change("rename", "dropout"))], hint)
    if hint == NOTHING_CHANGES:
        return repairable("SC105", message, [Repair(hint, Change("remove"))], hint)
    return Fault("SC105", message, hint or "shapecalc explain lists the kinds")


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
