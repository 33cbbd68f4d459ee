"""What a sweep sets: a layer's field, a block's parameter or an input, each to several values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product
from math import prod
from typing import Any, NamedTuple

from shapecalc.diagnostics import Path, nearest, quote, some
from shapecalc.layers import KINDS
from shapecalc.layers.base import aliases
from shapecalc.network import Instance
from shapecalc.readers.scalars import resolve
from shapecalc.tracing import Trace

MOST_COMBINATIONS = 10_000
MOST_NAMED = 12


class BadSetting(ValueError):
    """What is set is not there, or not written so: the message says what is."""


class Setting(NamedTuple):
    """Names as they are given, `conv1.K` or `input`, and in order what they are set to.

    Several names are set together: every entry of `values` has a value for each.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]


class Target(NamedTuple):
    """Where a value is written: an input by its name, or a field in the data at `path`.

    What stands at `path` may be a bare kind, or a bare value, which is for the field `bare`.
    `words` are other words for the field.
    """

    input: str | None = None
    path: Path = ()
    field: str = ""
    bare: str | None = None
    words: frozenset[str] = frozenset()


def read_setting(text: str) -> Setting:
    """Return the setting of `NAME=V1,V2,...`, or of `NAME,NAME=V1,V2,...`, whose names are set
    together: V1 is for all of them, or a value for each as in 16:32. Raises BadSetting.
    """
    listed, equals, written = text.partition("=")
    names = tuple(name.strip() for name in listed.split(","))
    values = tuple(value.strip() for value in written.split(","))
    if not equals or not all(names) or not all(values):
        raise BadSetting(f"{quote(text)!r} is not NAME=VALUE,VALUE,..., as conv1.K=16,32")
    if any(value[0] in "[{" for value in values):
        raise BadSetting(f"{quote(listed)}: a value for each axis is written 3x5")
    return Setting(names, tuple(_for_each(names, value) for value in values))


def _for_each(names: Sequence[str], value: str) -> tuple[str, ...]:
    """Return a value for each of several names: one for all, or as many with colons between."""
    if len(names) == 1:
        return (value,)
    parts = tuple(part.strip() for part in value.split(":"))
    if len(parts) == 1:
        return parts * len(names)
    if len(parts) != len(names) or not all(parts):
        example = ":".join(("16", "32", "64")[: len(names)])
        raise BadSetting(
            f"{quote(','.join(names))}: {quote(value)} is neither one value for all nor one for"
            f" each of {len(names)}{f', as {example}' if len(names) < 4 else ''}"
        )
    return parts


def combinations(settings: Sequence[Setting]) -> list[tuple[str, ...]]:
    """Return every combination, a value for each name in order; those of the last setting change
    first. Raises BadSetting for too many, or for a name that is set twice.
    """
    names = [name for setting in settings for name in setting.names]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadSetting(f"{quote(twice)} is set twice: list its values behind one =")
    count = prod(len(setting.values) for setting in settings)
    if count > MOST_COMBINATIONS:
        raise BadSetting(f"{count:,} combinations are more than {MOST_COMBINATIONS:,}")
    chosen = product(*(setting.values for setting in settings))
    return [tuple(chain.from_iterable(values)) for values in chosen]


def target_of(trace: Trace, name: str) -> Target:
    """Return what a name means in a network. Raises BadSetting where it means nothing."""
    if name in trace.inputs or (name == "input" and len(trace.inputs) == 1):
        return Target(input=name if name in trace.inputs else next(iter(trace.inputs)))
    owner, dot, field = name.rpartition(".")
    if not dot:
        inputs = " or ".join(map(quote, trace.inputs))
        raise BadSetting(f"{quote(name)} is neither {inputs} nor a LAYER.FIELD or BLOCK.PARAMETER")
    if not trace.spec.document.is_native:
        raise BadSetting(
            f"{quote(name)}: of a file of another format only inputs are set; `shapecalc convert`"
            " makes a spec of it"
        )
    return _written(trace, owner, field)


def _written(trace: Trace, owner: str, field: str) -> Target:
    blocks = trace.spec.document.data.get("blocks")
    blocks = blocks if isinstance(blocks, Mapping) else {}
    for record in trace.layers:
        if record.name == owner:
            return _layer(record.kind, record.path, owner, field)
    for instance in trace.spec.instances:
        if instance.name == owner and instance.kind in blocks:
            return _instance(blocks, instance, field)
    if owner in blocks:
        names = _parameters(blocks, owner)
        _need(field, names, f"the block {quote(owner)}", "parameter")
        _need_use(trace, owner, field, names[0])
        return Target(path=("blocks", owner, "parameters"), field=field)
    known = [record.name for record in trace.layers]
    known += [*blocks, *(instance.name for instance in trace.spec.instances)]
    close = nearest(owner, known)
    hint = f"did you mean {quote(close)}?" if close else f"there is {some(known, MOST_NAMED)}"
    raise BadSetting(f"there is no layer or block {quote(owner)}; {hint}")


def _layer(kind: str, path: Path, owner: str, field: str) -> Target:
    cls = KINDS[kind]
    words = aliases(cls)
    own = words.get(field, field)
    _need(own, dict.fromkeys(words.values()), quote(owner), "field")
    same = frozenset(word for word, meant in words.items() if meant == own)
    return Target(path=path, field=own, bare=cls.shorthand, words=same)


def _instance(blocks: Mapping[str, Any], instance: Instance, field: str) -> Target:
    names = _parameters(blocks, instance.kind)
    _need(field, names, f"the block {quote(instance.kind)}", "parameter")
    return Target(path=instance.path, field=field, bare=names[0])


def _need_use(trace: Trace, block: str, field: str, first: str) -> None:
    """Raise BadSetting where every instance of a block gives a parameter itself."""
    instances = [found for found in trace.spec.instances if found.kind == block]
    for instance in instances:
        written = _at(trace.spec.document.data, instance.path)
        if isinstance(written, Mapping):
            given = field in written
        else:
            given = written is not None and not isinstance(instance.path[-1], int)
            given = given and field == first
        if not given:
            return
    if instances:
        name = quote(instances[0].name)
        raise BadSetting(
            f"{quote(block)}.{field} changes nothing: every {quote(block)} is given its own; set"
            f" {name}.{field}"
        )


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _parameters(blocks: Mapping[str, Any], name: str) -> list[str]:
    block = blocks[name]
    written = block.get("parameters") if isinstance(block, Mapping) else None
    return list(map(str, written)) if isinstance(written, Mapping) else []


def _need(field: str, known: Iterable[str], what: str, sort: str) -> None:
    known = list(known)
    if field not in known:
        listed = ", ".join(map(quote, known[:12])) or f"no {sort}s"
        raise BadSetting(f"{what} has no {sort} {quote(field)}; it has {listed}")


def changed(data: Mapping[str, Any], targets: Sequence[Target], values: Sequence[str]) -> Any:
    """Return a copy of a spec's data with values written into it, and without what it claims.

    Raises BadSetting where the data has no such place.
    """
    copy = _without_claims(data)
    copy.pop("example", None)
    for target, value in zip(targets, values, strict=True):
        if target.input is None:
            _write(copy, target, resolve(value))
    return copy


def _without_claims(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_claims(inner) for key, inner in value.items() if key != "expect"}
    return [_without_claims(inner) for inner in value] if isinstance(value, list) else value


def _holds(place: Any, step: Any) -> bool:
    return isinstance(place, list) or (isinstance(place, dict) and step in place)


def _write(data: Any, target: Target, value: Any) -> None:
    *front, last = target.path
    place: Any = _at(data, tuple(front))
    found = _at(place, (last,))
    if not _holds(place, last):
        raise BadSetting(f"{target.field} is not written in the file itself")
    if isinstance(last, int):  # a bare kind in a list of layers
        place[last] = {found: {target.field: value}}
        return
    if not isinstance(found, dict):
        found = {} if found is None or target.bare is None else {target.bare: found}
    kept = {key: inner for key, inner in found.items() if key not in target.words}
    place[last] = {**kept, target.field: value}
