"""A network as the data of a spec: names of files of other formats become names of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import SpecError
from shapecalc.layers import KINDS
from shapecalc.network.blocks import LONGEST_NAME, RESERVED
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume, titles_of

STRAY = re.compile(r"[^A-Za-z0-9_-]+")
NAMING = ("name", "from", "share", "of", "like")  # fields that hold names of layers


def data_of(trace: Trace) -> Mapping[str, Any]:
    """Return the spec of a network, layer by layer as its file has it.

    Raises SpecError for a file in which no network can be read, or with an input of which not even
    the number of axes is known: the language has no such volume.
    """
    document = trace.spec.document
    if not trace.spec.readable or not isinstance(document.data, Mapping):
        raise SpecError(trace.diagnostics)
    if not document.is_native and None in trace.inputs.values():
        raise SpecError([found for found in trace.diagnostics if found.rule is rules.INPUT_SIZE])
    spec = document.data if document.is_native else _renamed(document.data)
    return _with_inputs(spec, trace.inputs) if trace.spec.given else spec


def _with_inputs(
    spec: Mapping[str, Any], inputs: Mapping[str, PartialVolume | None]
) -> dict[str, Any]:
    """Return a spec with other inputs; what it claims was made for its own."""
    bare: dict[str, Any] = _without_claims({k: v for k, v in spec.items() if k != "example"})
    volumes = [None if volume is None else written_volume(volume) for volume in inputs.values()]
    if isinstance(bare.get("inputs"), Mapping):
        return bare | {"inputs": dict(zip(bare["inputs"], volumes, strict=True))}
    return bare | {"input": volumes[0]}


def written_volume(volume: Any) -> Any:
    """Return a volume as the language takes it: a first size alone that is open has a name."""
    sizes = list(volume) if isinstance(volume, list | tuple) else [volume]
    if len(sizes) == 4 and sizes[0] is None and None not in sizes[1:]:
        return dict(zip(titles_of(tuple(sizes)), sizes, strict=True))
    return volume if isinstance(volume, str) else sizes


def _without_claims(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_claims(v) for key, v in value.items() if key != "expect"}
    return [_without_claims(v) for v in value] if isinstance(value, list | tuple) else value


def _renamed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of a file of another format with names that the language takes."""
    inputs = spec.get("inputs")
    inputs = inputs if isinstance(inputs, Mapping) else {}
    layers = spec.get("layers") or []
    given = [fields["name"] for _, fields in map(taken_apart, layers) if "name" in fields]
    names = names_of([*map(str, inputs), *filter(lambda name: isinstance(name, str), given)])
    if "input" in spec:
        names["input"] = "input"
    renamed = {key: value for key, value in spec.items() if value is not None}
    if inputs:
        renamed["inputs"] = {
            names[str(name)]: written_volume(volume) for name, volume in inputs.items()
        }
    renamed["layers"] = [_layer(item, names) for item in layers]
    if "outputs" in renamed:
        renamed["outputs"] = _named(renamed["outputs"], names)
    return renamed


def names_of(own: Iterable[str]) -> dict[str, str]:
    """Return a name of the language for each of a file's, as like it as can be, and each once."""
    names: dict[str, str] = {}
    taken = {*RESERVED}
    counts: dict[str, int] = {}
    for name in own:
        if name in names:
            continue
        plain = STRAY.sub("_", name).strip("_")[: LONGEST_NAME - 10] or "layer"
        free = plain
        while free in taken:
            counts[plain] = counts.get(plain, 1) + 1
            free = f"{plain}_{counts[plain]}"
        taken.add(free)
        names[name] = free
    return names


def taken_apart(item: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the kind and the fields of a layer as a reader writes it."""
    if isinstance(item, str):
        return item, {}
    ((kind, value),) = item.items()
    if isinstance(value, Mapping):
        return kind, value
    cls = KINDS.get(kind)
    main = cls.shorthand if cls is not None else None
    return kind, {} if value is None or main is None else {main: value}


def _layer(item: Any, names: Mapping[str, str]) -> Any:
    kind, fields = taken_apart(item)
    if not fields:
        return item
    return {kind: {k: _named(v, names) if k in NAMING else v for k, v in fields.items()}}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Return what a field says of layers with their new names."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list | tuple):
        return [_named(inner, names) for inner in value]
    if isinstance(value, Mapping):
        return {key: _named(inner, names) for key, inner in value.items()}
    return value
