"""Repairs of volumes that do not agree: a field in one branch, another source, a layer more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, takewhile
from math import prod
from operator import itemgetter
from typing import Any

from shapecalc.diagnostics import Finding, LayerError, Path, quote
from shapecalc.edits import Change, Repair, Unchangeable, value_at
from shapecalc.geometry import Rounding
from shapecalc.layers import KINDS
from shapecalc.layers.base import Layer, show
from shapecalc.layers.field_types import Volume
from shapecalc.network.layer_item import inner_lists
from shapecalc.repairs.chain import VALUES, Chains, others, written
from shapecalc.repairs.inputs import inputs
from shapecalc.tracing import Trace

MOST_SOURCES = 3  # others that are offered for one
MOST_FIELDS = 12
FAR = 1000  # from a value that is no number


def merges(trace: Trace, finding: Finding) -> Iterator[Repair]:
    """Yield what may make the volumes agree that a merge takes."""
    chains = Chains(trace)
    index = chains.names.get(finding.layer or "")
    if index is None:
        return
    node, record = trace.spec.nodes[index], trace.layers[index]
    if node.layer is None or record.input is None or node.sources is None:
        return
    merge = _Merge(trace, chains, index, node.layer, node.sources, record.input, node.path)
    yield from merge.other_sources()
    yield from islice(merge.other_fields(), MOST_FIELDS)
    yield from merge.more_layers()
    yield from merge.flattened()
    yield from inputs(trace, finding)


class _Merge:
    """One merge with its sources."""

    def __init__(
        self,
        trace: Trace,
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

    def _with(self, place: int, volume: Volume) -> Volume | None:
        """Return what the merge makes of another volume from one source."""
        inputs = [*self.inputs]
        inputs[place] = volume
        try:
            return self.layer.volume(inputs)
        except LayerError:
            return None

    # -- another field in a branch -------------------------------------------------------------

    def other_fields(self) -> Iterator[Repair]:
        """Yield other values of fields of the layers that only one branch goes through.

        Of one field, the value nearest to the written one comes first.
        """
        own = [
            (place, branch[: far + 1])
            for place, branch in enumerate(self.branches)
            for far in range(self._alone(branch))
        ]
        for field in ("S", "P", "output_padding", "K", "units", *VALUES):
            found = [one for place, chain in own for one in self._other_values(place, chain, field)]
            yield from (repair for _, repair in sorted(found, key=itemgetter(0)))

    def _alone(self, branch: Sequence[int]) -> int:
        """Return how many of a branch's last layers no other branch goes through."""
        elsewhere = {i for other in self.branches if other is not branch for i in other}
        return next((far for far, i in enumerate(branch) if i in elsewhere), len(branch))

    def _other_values(
        self, place: int, chain: Sequence[int], field: str
    ) -> Iterator[tuple[tuple[int, int], Repair]]:
        """Yield the first value that works, and how far it is from the written one."""
        index = chain[-1]
        node = self.trace.spec.nodes[index]
        if node.layer is None:
            return
        depth = next((v[-1] for i, v in enumerate(self.inputs) if i != place), None)
        for value, layer in others(node.layer, field, depth):
            volume = self.chains.behind(chain, layer)
            output = self._with(place, volume) if volume else None
            if output is not None:
                text, change = written(field, value, node.layer, layer)
                text = f"{text} in {node.name} gives {show(output)}"
                yield (
                    _distance(getattr(node.layer, field), value),
                    Repair(text, change.at(node.path)),
                )
                return

    # -- another source ------------------------------------------------------------------------

    def other_sources(self) -> Iterator[Repair]:
        """Yield earlier layers whose volume agrees, for each name that `from` lists."""
        path, value = self._listed()
        name = self.trace.layers[self.index].name
        prefix = name[: name.rfind(".") + 1]
        for place, old in enumerate(value):
            found = self._agreeing(place, prefix)
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
        if not self.layer.joins or not value or not inside or flat == [*self.inputs]:
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
            output = self._with(place, record.output)
            if output is not None:
                found.append((index, output))
        found.sort(key=lambda item: self.trace.layers[item[0]].kind != kind)
        return found

    def _alike(self, ends: Sequence[int], index: int) -> bool:
        """Say whether a layer's spatial sizes are still those at the end of its branch."""
        here, end = self.trace.layers[index].output, self.trace.layers[ends[0]].output
        return here is not None and end is not None and here[:-1] == end[:-1]

    # -- one layer more ------------------------------------------------------------------------

    def more_layers(self) -> Iterator[Repair]:
        """Yield a layer at the end of a branch that makes its volume agree."""
        value = value_at(self.trace.spec.document.data, self.path)
        kind = self.path[-1]
        if kind not in ("residual", "parallel") or not isinstance(value, Mapping | list):
            return
        lists = list(inner_lists(kind, value, self.path))
        if len(lists) < len(self.sources):
            lists.append((None, (*self.path, "shortcut")))
        if len(lists) != len(self.sources):
            return
        for place, (items, path) in enumerate(lists):
            for item, output in self._fitting(place):
                ((word, fields),) = item.items()
                text = f"{word}: {_shown(fields)} at the end of {_title(path)} gives {show(output)}"
                if items:
                    yield Repair(text, Change("append", item, path))
                elif isinstance(value, Mapping) or kind == "parallel":
                    yield Repair(text, Change("set", [item], path))
                else:  # the body alone is written: its shortcut is the identity
                    both = {"body": list(value), "shortcut": [item]}
                    yield Repair(text, Change("set", both, self.path))

    def _rounding(self) -> Rounding:
        """Return what the whole network does where a stride does not fit."""
        data = self.trace.spec.document.data
        said = data.get("rounding") if isinstance(data, Mapping) else None
        return "floor" if said == "floor" else "ceil" if said == "ceil" else "exact"

    def _fitting(self, place: int) -> Iterator[tuple[dict[str, Any], Volume]]:
        """Yield layers that make one branch agree with another, smallest change first."""
        volume = self.inputs[place]
        wanted = next(v for i, v in enumerate(self.inputs) if i != place)
        if len(volume) != len(wanted) or len(volume) < 2:
            return
        K = volume[-1] if self.layer.joins else wanted[-1]
        rank = len(volume) - 1
        more = [w - v for v, w in zip(volume[:-1], wanted[:-1], strict=True)]
        sides = [[abs(n) // 2, abs(n) - abs(n) // 2] for n in more]
        tried: list[tuple[str, dict[str, Any]]] = [
            *(("conv", {"K": K, "F": 1, "S": S}) for S in range(1, 9)),
            ("pad" if min(more) >= 0 else "crop", {"P": sides}),
            *(("upsample", {"scale": scale}) for scale in range(2, 9)),
        ]
        rounding = self._rounding()
        for word, fields in tried:
            fields = {k: v for k, v in fields.items() if (k, v) != ("S", 1)}
            if word == "conv" and volume[-1] == K and "S" not in fields:
                continue
            layer = KINDS[word].model_validate(fields).with_rounding(rounding)
            try:
                output = self._with(place, layer.volume([volume]))
            except LayerError:
                continue
            if output is not None and rank:
                yield {word: fields}, output


def _distance(written: Any, value: Any) -> tuple[int, int]:
    """Return how far a value is from the written one; of two as far, the smaller comes first."""
    if isinstance(written, int) and isinstance(value, int):
        return abs(value - written), value
    return FAR, 0


def _shown(fields: Mapping[str, Any]) -> str:
    """Return a layer's fields as the file would have them."""
    if len(fields) == 1 and "P" in fields:
        return str(fields["P"]).replace(" ", "")
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def _title(path: Path) -> str:
    """Return what people call a branch."""
    step = path[-1]
    return f"branch {step + 1}" if isinstance(step, int) else f"the {step}"
