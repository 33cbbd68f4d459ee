"""A merge with its branches: which field of a layer, or which other source, makes them agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from math import prod
from operator import itemgetter
from typing import Any

from shapecalc.diagnostics import LayerError, Path, quote
from shapecalc.edits import Change, Repair, Unchangeable, several, value_at
from shapecalc.geometry import effective
from shapecalc.layers.base import Layer, show
from shapecalc.layers.conv import Convolution
from shapecalc.layers.field_types import Volume
from shapecalc.repairs.chain import VALUES, Chains, others, sensible, written
from shapecalc.tracing import KnownTrace

MOST_SOURCES = 3  # others that are offered for one
FAR = 1000  # from a value that is no number


class Merge:
    """One merge with its sources."""

    def __init__(
        self,
        trace: KnownTrace,
        chains: Chains,
        index: int,
        layer: Layer,
        sources: Sequence[int],
        inputs: Sequence[Volume],
        path: Path,
    ) -> None:
        self.trace, self.chains, self.index = trace, chains, index
        self.layer, self.sources, self.inputs, self.path = layer, sources, inputs, path
        self.branches = [chains.back(source) for source in sources]
        try:
            self.joined = layer.joined(inputs[0])
        except LayerError:
            self.joined = None

    @property
    def joins_depth(self) -> bool:
        """Whether the depths add up."""
        return self.joined is not None and self.joined == len(self.inputs[0]) - 1

    def output_with(self, place: int, volume: Volume) -> Volume | None:
        """Return what the merge makes of another volume from one source."""
        inputs = [*self.inputs]
        inputs[place] = volume
        try:
            return self.layer.volume(inputs)
        except LayerError:
            return None

    def other_than(self, place: int) -> Volume:
        """Return the volume that most of the other sources have."""
        others = [volume for i, volume in enumerate(self.inputs) if i != place]
        return max(others, key=others.count)

    def own(self, place: int) -> Sequence[int]:
        """Return the layers that only one branch goes through, the nearest first."""
        branch = self.branches[place]
        return branch[: self._alone(branch)]

    # -- another field in a branch -------------------------------------------------------------

    def other_fields(self) -> Iterator[Repair]:
        """Yield other values of fields of the layers that only one branch goes through.

        The likelier ones come first; of one field, the value nearest to the written one.
        """
        own = [
            (place, branch[: far + 1])
            for place, branch in enumerate(self.branches)
            for far in range(self._alone(branch))
        ]
        fields = dict.fromkeys(("S", "P", "output_padding", "K", "units", *VALUES))
        found = [
            ((*doubt, order, *far), repair)
            for order, field in enumerate(fields)
            for place, chain in own
            for doubt, far, repair in self._other_values(place, chain, field)
        ]
        found.sort(key=itemgetter(0))
        usual = [repair for key, repair in found if not key[0]]
        yield from usual
        yield from self.all_padded()
        yield from (repair for _, repair in found[len(usual) :])

    def _alone(self, branch: Sequence[int]) -> int:
        """Return how many of a branch's last layers no other branch goes through."""
        elsewhere = {i for other in self.branches if other is not branch for i in other}
        return next((far for far, i in enumerate(branch) if i in elsewhere), len(branch))

    def _other_values(
        self, place: int, chain: Sequence[int], field: str
    ) -> Iterator[tuple[tuple[int, bool], tuple[int, int], Repair]]:
        """Yield the likeliest value that works, what speaks against it, and how far it is off."""
        index = chain[-1]
        node = self.trace.spec.nodes[index]
        if node.layer is None:
            return
        depth = next((v[-1] for i, v in enumerate(self.inputs) if i != place), None)
        works: list[tuple[tuple[int, bool], tuple[int, int], Repair]] = []
        for value, layer in others(node.layer, field, depth):
            volume = self.chains.behind(chain, layer)
            output = self.output_with(place, volume) if volume else None
            if output is not None and sensible(field, node.layer, layer):
                text, change = written(field, value, node.layer, layer)
                text = f"{text} in {node.name} gives {show(output)}"
                # A shortcut is made to fit its body, which a paper prescribes.
                follows = self.path[-1] == "residual" and place == len(self.sources) - 1
                works.append(
                    (
                        (_oddity(field, layer), not follows),
                        _distance(getattr(node.layer, field), value),
                        Repair(text, change.at(node.path)),
                    )
                )
        yield from sorted(works, key=itemgetter(0, 1))[:1]

    def all_padded(self) -> Iterator[Repair]:
        """Yield P = (F - 1)/2 in every convolution of one branch, which keeps its size."""
        for place, branch in enumerate(self.branches):
            padded = {}
            chain = list(reversed(branch[: self._alone(branch)]))
            volume = (self.trace.layers[chain[0]].input or ((),))[0] if chain else ()
            for index in chain if volume else ():
                node = self.trace.spec.nodes[index]
                layer = node.layer
                P = _missing_padding(layer)
                if layer is not None and P:
                    padded[node.path] = (node.name, P)
                    layer = layer.model_copy(update={"P": P})
                try:
                    volume = layer.volume([volume]) if layer is not None else volume
                except LayerError:
                    padded.clear()
                    break
            output = self.output_with(place, volume) if len(padded) > 1 else None
            if output is not None:
                said = " and ".join(f"P={P} in {name}" for name, P in padded.values())
                changes = [Change("field", P, path, "P") for path, (_, P) in padded.items()]
                yield Repair(f"{said} gives {show(output)}", several(*changes))

    # -- another source ------------------------------------------------------------------------

    def other_sources(self, *, before: bool) -> Iterator[Repair]:
        """Yield earlier layers whose volume agrees, for each name that `from` lists.

        Either those `before` the one that is named, on its own branch, or all the others: who
        names the end of a branch seldom means its middle.
        """
        path, value = self._listed()
        name = self.trace.layers[self.index].name
        prefix = name[: name.rfind(".") + 1]
        for place, old in enumerate(value):
            found = self._agreeing(place, prefix)
            found = [one for one in found if (one[0] in self.branches[place]) == before]
            for index, output in found[:MOST_SOURCES]:
                new = self.trace.layers[index].name.removeprefix(prefix)
                text = f"from {new} in place of {quote(old)} gives {show(output)}"
                yield Repair(text, Change("set", new, (*path, place)))

    def _listed(self) -> tuple[Path, Sequence[Any]]:
        """Return where the names of the sources are listed, and the list; empty if they are not."""
        path = self.path
        try:
            value = value_at(self.trace.spec.document.data, path)
        except Unchangeable:
            return path, ()
        if isinstance(value, Mapping):
            path, value = (*path, "from"), value.get("from")
        listed = isinstance(value, list | tuple) and len(value) == len(self.sources)
        return path, value if listed else ()

    def flattened(self) -> Iterator[Repair]:
        """Yield a flatten for every volume that is joined with flat vectors."""
        path, value = self._listed()
        flat = [volume if len(volume) == 1 else (prod(volume),) for volume in self.inputs]
        inside = len(path) > 1 and isinstance(self.path[-2], int)
        if not self.joins_depth or not value or not inside or flat == [*self.inputs]:
            return
        if all(len(volume) > 1 for volume in self.inputs):
            return
        taken = {record.name for record in self.trace.layers}
        names, layers = [*value], []
        for place, volume in enumerate(self.inputs):
            if len(volume) > 1:
                names[place] = f"{str(value[place]).replace('.', '_')}_flat"
                layers.append({"flatten": {"name": names[place], "from": value[place]}})
        if not taken.isdisjoint(names[p] for p, v in enumerate(self.inputs) if len(v) > 1):
            return
        item = value_at(self.trace.spec.document.data, self.path[:-1])
        merged: dict[Any, Any] = {self.path[-1]: names}
        if path != self.path:
            merged = {self.path[-1]: {**item[self.path[-1]], "from": names}}
        which = " and ".join(quote(value[p]) for p, v in enumerate(self.inputs) if len(v) > 1)
        text = f"flatten behind {which} gives {show(self.layer.volume(flat))}"
        yield Repair(text, Change("replace", [*layers, merged], self.path[:-1]))

    def _agreeing(self, place: int, prefix: str) -> list[tuple[int, Volume]]:
        """Return earlier layers that agree with the other sources, the likeliest first."""
        taken = {self.chains.values.producer(source) for source in self.sources}
        for branch in (b for p, b in enumerate(self.branches) if p != place):
            taken |= set(takewhile(partial(self._alike, branch[:1]), branch))
        old = self.trace.producer(self.sources[place])
        kind = old.kind if old else ""
        found = []
        for index in reversed(range(self.index)):
            record = self.trace.layers[index]
            inside = record.name.startswith(prefix) and "." not in record.name[len(prefix) :]
            if index in taken or record.output is None or not inside:
                continue
            output = self.output_with(place, record.output)
            if output is not None:
                found.append((index, output))
        found.sort(key=lambda item: self.trace.layers[item[0]].kind != kind)
        return found

    def _alike(self, ends: Sequence[int], index: int) -> bool:
        """Say whether a layer's spatial sizes are still those at the end of its branch."""
        here, end = self.trace.layers[index].output, self.trace.layers[ends[0]].output
        return here is not None and end is not None and here[:-1] == end[:-1]


def _missing_padding(layer: Layer | None) -> int:
    """Return the P that a convolution without one would need to keep its sizes, 0 for none."""
    if not isinstance(layer, Convolution) or layer.P != 0 or layer.window_dilation() != 1:
        return 0
    return layer.F // 2 if isinstance(layer.F, int) and layer.F % 2 else 0


def _oddity(field: str, layer: Layer) -> int:
    """Return how unusual a layer is with another value of a field: 0 is what papers have.

    Padding is half of what the filter spans, so that it keeps the size; more than the filter spans
    is never of use. A stride is not larger than the filter, but for a projection of 1x1.
    """
    F, P, S = (getattr(layer, name, None) for name in ("F", "P", "S"))
    dilation = getattr(layer, "dilation", 1)
    if not isinstance(F, int) or not isinstance(dilation, int):
        return 0
    span = effective(F, dilation)
    if field in ("P", "F") and isinstance(P, int):
        unusual = 2 if span <= P else 1
        return 0 if span == 2 * P + 1 else unusual
    if field == "S" and isinstance(S, int):
        return 0 if S <= 2 and (S <= F or F == 1) else 1
    return 1 if field == "dilation" else 0


def _distance(written: Any, value: Any) -> tuple[int, int]:
    """Return how far a value is from the written one; of two as far, the smaller comes first."""
    if isinstance(written, int) and isinstance(value, int):
        return abs(value - written), value
    return FAR, 0
