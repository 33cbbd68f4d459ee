"""Networks without structure, as readers of other formats give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.document import Document
from shapecalc.layers import Layer
from shapecalc.layers.base import field_word
from shapecalc.network import build
from shapecalc.network.wiring import Node

Flat = Callable[..., Trace]


@pytest.fixture
def foreign() -> Flat:
    """Trace layers in one list, with names of a file's own, any text."""

    def run(
        layers: list[Any], inputs: dict[str, Any] | None = None, file: str | None = None, **top: Any
    ) -> Trace:
        data = {"inputs": inputs or {"input": [8, 8, 4]}, "rounding": "floor", "layers": layers}
        return shapecalc.trace(build(Document(data | top, file, format="toy")))

    return run


@pytest.fixture
def flattened(foreign: Flat) -> Callable[[Trace], Trace]:
    """Trace the network of a spec as one list of layers, each with its name and sources."""

    def run(trace: Trace) -> Trace:
        spec = trace.spec
        names = [*spec.inputs, *(node.name for node in spec.nodes)]
        layers = [{node.kind: _fields(node, names, len(spec.inputs))} for node in spec.nodes]
        inputs = {name: None if v is None else list(v) for name, v in spec.inputs.items()}
        rounding = spec.document.data.get("rounding", "exact")
        outputs = [names[value] for value in spec.outputs.values() if value is not None]
        return foreign(layers, inputs, name=spec.name, rounding=rounding, outputs=outputs)

    return run


def _fields(node: Node, names: list[str], inputs: int) -> dict[str, Any]:
    layer = node.layer
    assert layer is not None
    assert node.sources is not None
    sources = [names[source] for source in node.sources]
    fields: dict[str, Any] = {"name": node.name}
    for own in sorted(layer.model_fields_set):
        fields[field_word(own)] = _plain(getattr(layer, own))
    if "parameters" in fields and fields["parameters"] is not None:
        fields["parameters"] = layer.values()["parameters"]
    if layer.reference and fields.get(layer.reference) is not None:
        named = sources.pop()
        if layer.refers_to() is None:
            fields[layer.reference] = named
    fields["from"] = sources if len(sources) != 1 else sources[0]
    if node.shares is not None:
        fields["share"] = names[inputs + node.shares]
    if node.shares_one is not None:
        one = node.shares_one
        fields["share"] = {one.name: names[inputs + one.owner]}
        fields["share"] |= {"transposed": True} if one.transposed else {}
    return fields if node.learns else fields | {"trainable": False}


def _plain(value: Any) -> Any:
    assert not isinstance(value, Layer)
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
