"""Whether what was written is the network it was made of, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc import checks
from shapecalc.document import SPEC
from shapecalc.exporters.yaml_spec.elements import frozen, marked
from shapecalc.exporters.yaml_spec.reading import JOINING, alike_one, in_short, shortened
from shapecalc.layers import Layer
from shapecalc.network import NetworkSpec, build
from shapecalc.network.wiring import Node
from shapecalc.readers.yaml_text import read_yaml
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace

COMPARED = (
    "output", "weights", "biases", "non_trainable", "macs", "receptive_field", "jump",
    "learns",
)  # fmt: skip


def is_same(text: str, trace: Trace, order: Sequence[int]) -> bool:
    """Say whether a spec is the traced network; `order` has for each layer of the spec, as it is
    read, the one of the network that it stands for.
    """
    document = read_yaml(text)
    document.format = SPEC
    written = checks.traced(build(document, trace.spec.max_layers))
    if len(written.layers) != len(trace.layers) or sorted(order) != [*range(len(order))]:
        return False
    first = len(trace.spec.inputs)
    values = [*range(first), *(first + index for index in order)]
    if [*written.inputs.values()] != [*trace.inputs.values()]:
        return False
    outputs = [None if value is None else values[value] for value in written.spec.outputs.values()]
    if outputs != [*trace.spec.outputs.values()]:
        return False
    for index, record in enumerate(written.layers):
        node, own = written.spec.nodes[index], trace.spec.nodes[order[index]]
        taken = tuple(values[value] for value in node.sources or ())
        if not _are_same(taken, own, trace.spec):
            return False
        if not _share(node.shares, own.shares, order) or not _equal(
            record, trace.layers[order[index]]
        ):
            return False
    return written.totals == trace.totals and _faults(written) == _faults(trace)


def _faults(trace: Trace) -> list[str]:
    return sorted(found.rule.code for found in trace.findings if found.rule.structural)


def _are_same(taken: tuple[int, ...], own: Node, spec: NetworkSpec) -> bool:
    """Say whether a layer takes what its own does: the terms of a sum in any order, and what a
    concat joins in another one's value.
    """
    sources = own.sources or ()
    if taken == sources or (own.kind == "add" and sorted(taken) == sorted(sources)):
        return True
    first = spec.values.producer(taken[0]) if taken else None
    if first is None or own.kind != JOINING or own.layer != spec.nodes[first].layer:
        return False
    return (*(spec.nodes[first].sources or ()), *taken[1:]) == sources


def _share(one: int | None, other: int | None, order: Sequence[int]) -> bool:
    return (None if one is None else order[one]) == other


def _equal(one: LayerRecord, other: LayerRecord) -> bool:
    if any(getattr(one, key) != getattr(other, key) for key in COMPARED):
        return False
    if one.layer is None or other.layer is None:
        return one.layer is other.layer and one.kind == other.kind
    return _in_short(one.kind, one.layer) == _in_short(other.kind, other.layer)


def _in_short(kind: str, layer: Layer) -> tuple[str, Mapping[str, Any]]:
    """Return a layer's kind, and all its fields in their short forms; names of layers are compared
    as sources.
    """
    cls = type(layer)
    fields = {
        name: shortened(name, value, cls)
        for name, value in layer.values().items()
        if name != cls.reference
    }
    fields.setdefault("S", fields.get("F"))
    if alike_one(fields):
        fields["P"] = 0
    word, short = in_short(kind, fields)
    return word, {name: marked(frozen(value)) for name, value in short.items()}
