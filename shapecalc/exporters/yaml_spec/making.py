"""From a flat network to a whole spec, with as much structure as is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from shapecalc.exporters.spec_data import written_volume
from shapecalc.exporters.yaml_spec.blocks import Blocks
from shapecalc.exporters.yaml_spec.elements import Block, Call, Element, Likeness, copied, leaves
from shapecalc.exporters.yaml_spec.graph import Chain, Chains, Flat
from shapecalc.exporters.yaml_spec.layout import Comments
from shapecalc.exporters.yaml_spec.naming import Names, said
from shapecalc.exporters.yaml_spec.repeats import folded
from shapecalc.exporters.yaml_spec.writing import Writing
from shapecalc.network import NetworkSpec
from shapecalc.tracing import Trace
from shapecalc.volumes import show

EXACT = "exact"  # the rounding that a spec has unless it says another
CLAIMED = ("parameters", "non_trainable", "macs")  # of the totals


class Made:
    """The data of a spec, its comments, and the order in which it has the network's layers."""

    def __init__(self, data: dict[str, Any], comments: Comments, order: list[int]) -> None:
        self.data, self.comments, self.order = data, comments, order


class Maker:
    """Makes specs of one flat network: its layers in chains, with composites and repeats if it is
    to be `structured`.
    """

    def __init__(self, trace: Trace, flat: Flat, *, structured: bool) -> None:
        self.trace = trace
        self.inputs = flat.inputs
        spec = trace.spec
        self.names = Names([*spec.inputs], spec.nodes, spec.document.format)
        chains = Chains(flat, structured).listed()
        self.outputs = [value for value in spec.outputs.values() if value is not None]
        self.last = self._wire(chains)
        self.likeness = Likeness()
        self.lists = [chain.elements for chain in chains]
        if structured:
            boundary = self.names.boundary
            self.lists = [folded(one, self.likeness, boundary) for one in self.lists]

    def _wire(self, chains: Sequence[Chain]) -> int:
        """Say on the first layers of chains what they take, where it is not the layer before, and
        note what others take by its name. Return the value of the last layer.
        """
        ends = {self.inputs + chain.last.index: chain.last for chain in chains}
        before = 0 if self.inputs == 1 else -1
        named: set[int] = set()
        for chain in chains:
            if chain.origin != (before,):
                chain.first.origin = chain.origin
                named.update(chain.origin)
            before = self.inputs + chain.last.index
        if self.outputs != [before]:
            named.update(self.outputs)
        for value in named & ends.keys():
            ends[value].named = True
        return before

    def plain(self) -> Made:
        """Return the spec without blocks."""
        return self._made(self.lists, [], self.names)

    def with_blocks(self, taste: float) -> Made:
        """Return the spec with blocks, which are found according to a taste: 0 saves most lines, 1
        has long blocks.
        """
        lists, names = list(map(copied, self.lists)), self.names.copied()
        blocks = Blocks(lists, self.likeness, names, taste).find()
        return self._made(lists, blocks, names)

    def _made(
        self, lists: Sequence[Sequence[Element]], blocks: Sequence[Block], names: Names
    ) -> Made:
        for element in (element for elements in lists for element in elements):
            if isinstance(element, Call) and element.named:
                names.called(element.inside)
        writing = Writing(names, self.inputs)
        data = self._top(names)
        if blocks:
            data["blocks"] = writing.blocks(blocks)
        data["layers"] = writing.layers(lists)
        if self.outputs != [self.last]:
            data["outputs"] = [writing.name_of(value) for value in self.outputs]
        claims = self._claims()
        if claims:
            data["expect"] = claims
        return Made(data, writing.comments, [i for elements in lists for i in leaves(elements)])

    def _top(self, names: Names) -> dict[str, Any]:
        """Return what stands before the blocks and layers."""
        spec = self.trace.spec
        data: dict[str, Any] = {}
        if spec.name:
            data["name"] = spec.name
        volumes = [None if v is None else _volume(v) for v in spec.inputs.values()]
        if len(volumes) == 1:
            data["input"] = volumes[0]
        else:
            data["inputs"] = dict(zip(names.inputs, volumes, strict=True))
        rounding = spec.document.data.get("rounding", EXACT)
        return data if rounding == EXACT else data | {"rounding": rounding}

    def _claims(self) -> Mapping[str, Any]:
        """Return what is known of the whole network: whoever changes the spec is told of it."""
        output = self.trace.output
        claims = {} if output is None or None in output else {"output": _volume(output)}
        return claims | {key: n for key in CLAIMED if (n := self.trace.totals[key])}


def head(spec: NetworkSpec) -> str:
    """Return the comment above a spec."""
    if not spec.file or spec.file == "-":
        return ""
    return f"# From {said(PurePath(spec.file).name)}, whose own names stand in the comments.\n"


def _volume(volume: Sequence[int | None]) -> Any:
    """Return a volume as people write it, where the language does not read that as another."""
    sizes = written_volume(volume)
    if not isinstance(sizes, list):
        return sizes
    return show(sizes) if len(sizes) > 1 else sizes[0] or sizes
