"""The layers of a file without structure, each with the fields that a person would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from shapecalc.exporters.spec_data import taken_apart
from shapecalc.exporters.yaml_spec.elements import Leaf, Named, Pairs, frozen, in_order, marked
from shapecalc.exporters.yaml_spec.graph import Flat
from shapecalc.layers import Layer
from shapecalc.layers.base import aliases, field_word
from shapecalc.network import NetworkSpec
from shapecalc.network.wiring import Node
from shapecalc.volumes import show

BESIDE = ("name", "from", "expect", "share")  # said in other ways, or not at all
ALIKE = ("F", "S", "P", "dilation", "scale")  # one number for every axis
JOINING = "concat"
RELU6 = 6.0
SAID = ("output_padding", "count_include_pad")  # to write what they would be is to say more


def flat_of(spec: NetworkSpec) -> Flat | None:
    """Return the network of a file whose layers all stand in one list; None for any other."""
    data = spec.document.data
    written = data.get("layers")
    if not isinstance(written, list | tuple) or len(written) != len(spec.nodes) or spec.instances:
        return None
    if any(node.sources is None or node.layer is None for node in spec.nodes):
        return None
    if None in spec.outputs.values() or not spec.nodes:
        return None
    named = {value for node in spec.nodes for value in _named_by(node, spec)}
    inputs = len(spec.inputs)
    leaves, sources = [], []
    joined: dict[tuple[int, ...], int] = {}  # what concats take, and the values that they give
    for index, (item, node) in enumerate(zip(written, spec.nodes, strict=True)):
        fields = _fields(node, taken_apart(item)[1], spec)
        leaf = Leaf(*in_short(node.kind, fields), index)
        leaf.named = inputs + index in named
        leaf.alone = leaf.named or any(True for _ in _named_by(node, spec))
        leaves.append(leaf)
        taken = _read(node)
        if leaf.kind == JOINING and not leaf.fields:
            joined.setdefault(taken, inputs + index)
            if taken[:-1] in joined:  # all that another one joins, and one more
                taken = joined[taken[:-1]], taken[-1]
        sources.append(taken)
    outputs = [value for value in spec.outputs.values() if value is not None]
    last = inputs + len(leaves) - 1
    return Flat(inputs, leaves, sources, Counter(value for value in outputs if value != last))


def _reference(node: Node) -> str | None:
    """Return the field with which a layer names another one, whose volume it reads."""
    layer = node.layer
    field = None if layer is None else layer.reference
    return field if field is not None and getattr(layer, field) is not None else None


def _read(node: Node) -> tuple[int, ...]:
    """Return the values that a layer takes, without the one that a field of it names."""
    sources = node.sources or ()
    return sources[:-1] if _reference(node) else sources


def _named_by(node: Node, spec: NetworkSpec) -> Iterator[int]:
    """Yield the values that fields of a layer name: `like`, `of`, `share`."""
    if node.shares is not None:
        yield spec.values.of(node.shares)
    if node.shares_one is not None:
        yield spec.values.of(node.shares_one.owner)
    if _reference(node):
        yield _pool(node, spec)


def _pool(node: Node, spec: NetworkSpec) -> int:
    """Return the value of the layer that a reference names: `of` reads what its pool reads."""
    assert node.layer is not None
    assert node.sources
    kind = node.layer.refers_to()
    if kind is None:
        return node.sources[-1]
    name = getattr(node.layer, _reference(node) or "")
    own = [*spec.inputs, *(other.name for other in spec.nodes)]
    return own.index(name)


# -- fields ----------------------------------------------------------------------------------------


def _fields(node: Node, written: Mapping[str, Any], spec: NetworkSpec) -> dict[str, Any]:
    """Return the fields of a layer, frozen, without those that say what would be so anyway."""
    assert node.layer is not None
    cls = type(node.layer)
    words = aliases(cls)
    fields = {}
    for word, value in written.items():
        name = words.get(word, word)
        if name not in BESIDE and not (name == "trainable" and value is True):
            fields[name] = shortened(name, value, cls)
    steps = cls.model_fields.get("S")
    if steps is not None and steps.default is None and fields.get("S") == fields.get("F"):
        fields.pop("S", None)  # a pool steps by its size
    for field, declared in cls.model_fields.items():
        name = field_word(field)
        if name in SAID or name not in fields or declared.is_required():
            continue
        if marked(frozen(fields[name])) == marked(frozen(declared.default)):
            del fields[name]
    if alike_one(fields) and spec.document.data.get("rounding") != "exact":
        fields.pop("P", None)
    if "rounding" in fields and fields["rounding"] == spec.document.data.get("rounding", "exact"):
        del fields["rounding"]
    found = {name: frozen(value) for name, value in fields.items()}
    reference = _reference(node)
    if reference:
        found[reference] = Named(_pool(node, spec))
    if node.shares is not None:
        found["share"] = Named(spec.values.of(node.shares))
    if node.shares_one is not None:
        one = node.shares_one
        pairs: list[tuple[str, Any]] = [(one.name, Named(spec.values.of(one.owner)))]
        found["share"] = Pairs(pairs + [("transposed", True)] * one.transposed)
    return in_order(found)


def in_short(kind: str, fields: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return kind and fields of a layer by the kind's own word: relu6 for a relu of at most 6."""
    if kind == "relu" and fields.get("max") == RELU6:
        rest = {name: value for name, value in fields.items() if name != "max"}
        if not any(rest.get(name) for name in ("slope", "threshold")):
            plain = {name: rest[name] for name in rest if name not in ("slope", "threshold")}
            return "relu6", plain
    return kind, fields


def alike_one(fields: Mapping[str, Any]) -> bool:
    """Say whether `same` pads nothing, because the filter is a single value."""
    return fields.get("F") == 1 and fields.get("P") in ("same", "same_lower")


def shortened(name: str, value: Any, cls: type[Layer]) -> Any:
    """Return a value in its short form: 3 for [3, 3], 0 for `valid`, 7x7x64 for [7, 7, 64]."""
    if name == "P" and value == "valid" and "output_padding" not in cls.model_fields:
        return 0
    if not isinstance(value, list | tuple) or not value:
        return value
    if name == "output":
        if any(type(size) is not int for size in value):
            return value
        return show(value) if len(value) > 1 else value[0]
    if name not in ALIKE:
        return value
    sizes = [
        size for axis in value for size in (axis if isinstance(axis, list | tuple) else (axis,))
    ]
    alike = sizes and all(type(size) is int and size == sizes[0] for size in sizes)
    return sizes[0] if alike else value
