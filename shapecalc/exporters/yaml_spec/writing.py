"""From chains and blocks to the data of a spec, with comments on where each part came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc.exporters.yaml_spec.elements import (
    ABSENT,
    Block,
    Call,
    Element,
    Group,
    Leaf,
    Named,
    Pairs,
    Repeat,
    leaves,
    thawed,
)
from shapecalc.exporters.yaml_spec.naming import Names
from shapecalc.layers import KINDS
from shapecalc.network.values import Values


class Writing:
    """Makes the data of a spec. `comments` are gathered by container, and key or index in it."""

    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values = names, values
        self.comments: dict[tuple[int, Any], str] = {}

    def blocks(self, blocks: Sequence[Block]) -> dict[str, Any]:
        """Return the blocks of a spec."""
        found = {}
        for block in blocks:
            written: dict[str, Any] = {}
            if block.parameters:
                written["parameters"] = {
                    name: None if default is ABSENT else thawed(default)
                    for name, default in block.parameters.items()
                }
            written["layers"] = [self._item(element, inside=True) for element in block.layers]
            found[block.name] = written
        return found

    def layers(self, chains: Sequence[Sequence[Element]]) -> list[Any]:
        """Return the layers of a spec, in the order of the chains."""
        layers: list[Any] = []
        for chain in chains:
            for element in chain:
                layers.append(self._item(element, inside=False))
                comment = self._comment(element)
                if comment:
                    self.comments[id(layers), len(layers) - 1] = comment
        return layers

    def name_of(self, value: int) -> str:
        """Return the name by which a value is taken."""
        layer = self.values.producer(value)
        return self.names.inputs[value] if layer is None else self.names.needed(layer)

    def _comment(self, element: Element) -> str:
        """Return where a part came from; a layer's own name says it."""
        if isinstance(element, Leaf):
            return ""
        if isinstance(element, Call) and element.named:
            return ""  # it has their name
        copies = element.times if isinstance(element, Repeat) else 1
        return self.names.comment(list(leaves([element])), copies)

    # -- items -------------------------------------------------------------------------------------

    def _item(self, element: Element, *, inside: bool) -> Any:
        """Return a layer as a list of layers holds it, `inside` another or one in the open."""
        if isinstance(element, Leaf):
            return self._leaf(element, inside)
        if isinstance(element, Repeat):
            layers = [self._item(inner, inside=True) for inner in element.layers]
            return {"repeat": {"times": thawed(element.times), "layers": layers}}
        if isinstance(element, Group):
            return self._group(element)
        return self._call(element)

    def _common(self, element: Leaf | Group | Call) -> dict[str, Any]:
        """Return name and `from` of what others take by its name, or what says what it takes."""
        fields: dict[str, Any] = {}
        if element.named:
            fields["name"] = self.names.needed(next(reversed(list(leaves([element])))))
        if element.origin is not None:
            taken = [self.name_of(value) for value in element.origin]
            fields["from"] = taken[0] if len(taken) == 1 else taken
        return fields

    def _leaf(self, leaf: Leaf, inside: bool) -> Any:
        fields = self._common(leaf)
        if not inside and not leaf.named:
            name = self.names.kept(leaf.index)
            fields = ({"name": name} if name else {}) | fields
        fields |= {key: self._value(value) for key, value in leaf.fields.items()}
        return _item(leaf.kind, fields)

    def _value(self, value: Any) -> Any:
        """Return a field's value as it is written."""
        if isinstance(value, Named):
            return self.name_of(value.value)
        if isinstance(value, Pairs):
            return {key: self._value(inner) for key, inner in value}
        return thawed(value)

    def _group(self, group: Group) -> Any:
        fields = self._common(group)
        branches = [
            [self._item(element, inside=True) for element in branch] for branch in group.branches
        ]
        if group.kind == "residual":
            fields["body"] = branches[0]
            if branches[1]:
                fields["shortcut"] = branches[1]
        else:
            if group.merge != "concat":
                fields["merge"] = group.merge
            fields["branches"] = branches
        return _item(group.kind, fields)

    def _call(self, call: Call) -> Any:
        fields = self._common(call)
        fields |= {name: thawed(value) for name, value in call.said().items()}
        first = next(iter(call.block.parameters), "")
        if not fields:
            return call.block.name
        if list(fields) == [first] and not isinstance(fields[first], list | dict):
            return {call.block.name: fields[first]}
        return {call.block.name: fields}


def _item(kind: str, fields: Mapping[str, Any]) -> Any:
    """Return a layer in the shortest form that says the same."""
    cls = KINDS[kind]
    main = "from" if cls.merges else cls.shorthand or ""
    if not fields:
        return kind
    if list(fields) == [main] and not isinstance(fields[main], dict):
        return {kind: fields[main]}
    return {kind: dict(fields)}
