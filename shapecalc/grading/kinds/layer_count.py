"""How many layers: `total.layers`, `total.weight_layers`, `layers(conv)`; of an instance as well.

A layer is a line of the report; the input is none. Weight layers are those that multiply by what
they learn, convolutions and dense layers: VGG-16 has 16 of them, AlexNet 8 (Simonyan & Zisserman,
2015; Krizhevsky et al., 2012). A layer that uses another's weights counts again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shapecalc.derivations import Derivation, plus
from shapecalc.diagnostics import nearest, quote
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.layers import KINDS, kind_of
from shapecalc.records import KnownRecord

ALL, WITH_WEIGHTS = COUNTED = ("layers", "weight_layers")


def counted(layers: NamedLayers, query: Query) -> list[KnownRecord]:
    """Return the layers that are counted. Raises Unanswerable."""
    within = _within(layers, query)
    if query.key == ALL:
        return list(within)
    if query.key == WITH_WEIGHTS:
        unknown = next((r for r in within if r.layer is None or r.layer.opaque), None)
        if unknown is not None:
            message = f"{quote(query.path)} is not known: {unknown.name} is not computed"
            raise Unanswerable(message, "ask for total.layers")
        return [record for record in within if record.layer and record.layer.multiplies]
    kind = kind_of(query.key)
    if kind is None:
        close = nearest(query.key, list(KINDS))
        hint = f"did you mean {close}?" if close else "for example layers(conv)"
        raise Unanswerable(f"there is no kind of layer {quote(query.key)}", hint)
    return [record for record in within if record.kind == kind]


def _within(layers: NamedLayers, query: Query) -> Sequence[KnownRecord]:
    """Return the layers of the network, or of an instance of a block. Raises Unanswerable."""
    if query.name == "total":
        return layers.trace.layers
    instance = layers.instance(query.name)
    if instance is None:
        layers.record(query.name)  # where there is none, it says so
        message = f"{quote(query.path)}: {query.name} is one layer"
        raise Unanswerable(message, "ask for total.layers")
    return layers.layers_of(instance)


def _answer(layers: NamedLayers, query: Query) -> int:
    return len(counted(layers, query))


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    """Return the count as a sum over kinds, `5 conv + 3 dense`."""
    kinds = Counter(record.kind for record in counted(layers, query))
    if len(kinds) < 2:
        return []
    given = {"kinds": list(kinds)}
    value = sum(kinds.values())
    return [Derivation("answer", value, plus(*kinds.values()), reason="by_kind", given=given)]


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    whose = "the network" if query.name == "total" else query.name
    if query.key == ALL:
        return f"How many layers does {whose} have, each counted on its own, the input not counted?"
    if query.key == WITH_WEIGHTS:
        return (
            f"How many layers does {whose} have that multiply by weights: convolutions and dense"
            " layers, normalization not counted?"
        )
    return f"How many layers of the kind {kind_of(query.key)} does {whose} have?"


KIND = Kind(_answer, _derivations, _prompt)
