"""A network as a picture needs it: nodes with their sources, deep instances as one node each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from shapecalc.pictures.families import family_of, fields_of, kind_words
from shapecalc.pictures.text import volume_text
from shapecalc.records import LayerRecord, own_counts, totals_of
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume

MOST_NODES = 10_000
FOLD = "fold blocks with a depth of 0"


class Node:
    """An input, a layer, or a group of layers that is drawn as one thing.

    `sources` are the numbers of other nodes, all of them earlier ones; `group` says what layers
    that are drawn as one are: the block that they are an instance of.
    """

    def __init__(
        self,
        name: str,
        volume: PartialVolume | None,
        sources: tuple[int, ...] = (),
        records: Sequence[LayerRecord] = (),
        group: str = "",
        fault: str = "",
    ) -> None:
        self.name, self.volume, self.sources = name, volume, sources
        self.records, self.group, self.fault = records, group, fault
        self.gives = False  # an output of the network that others read, too

    @cached_property
    def family(self) -> str:
        """What gives its colour."""
        if not self.records:
            return "input"
        return "block" if self.group else family_of(self.records[0].kind)

    @property
    def record(self) -> LayerRecord | None:
        """The record of a node that is one layer."""
        return self.records[0] if self.records and not self.group else None

    @property
    def merges(self) -> bool:
        """Whether it joins several volumes."""
        return len(set(self.sources)) > 1 or (self.family == "merge" and len(self.sources) > 1)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What it is: its kind, then its fields."""
        if self.group:
            return self.group, f"{len(self.records):,} layers"
        record = self.record
        return (kind_words(record), *fields_of(record)) if record is not None else ("input",)

    @cached_property
    def counts(self) -> tuple[int | None, int | None]:
        """Its parameters and its multiply-accumulates."""
        if not self.records:
            return 0, 0
        if len(self.records) == 1:
            own = own_counts(self.records[0])
            return 0 if own is None else own.parameters, self.records[0].macs
        totals = totals_of(self.records)
        return totals["parameters"], totals["macs"]

    @cached_property
    def title(self) -> str:
        """What it is, and how its numbers follow: shown where a pointer rests, and read out."""
        lines = [f"{self.name}: {volume_text(self.volume)}"]
        if self.fault:
            lines.append(self.fault)
        if self.record is not None:
            lines[1:1] = [self.record.summary]
            lines += self.record.derivation
        elif self.group:
            lines.append(", ".join(self.words))
            lines += [
                f"{what} {'?' if n is None else f'{n:,}'}"
                for what, n in zip(("parameters", "MACs"), self.counts, strict=True)
            ]
        return "\n".join(lines)


class Network:
    """All nodes of a network in order, its inputs first, and which of them are its outputs."""

    def __init__(self, nodes: list[Node], outputs: dict[str, int]) -> None:
        self.nodes, self.outputs = nodes, outputs

    @cached_property
    def users(self) -> list[list[int]]:
        """The nodes that read each node, once each."""
        users: list[list[int]] = [[] for _ in self.nodes]
        for number, node in enumerate(self.nodes):
            for source in dict.fromkeys(node.sources):
                users[source].append(number)
        return users


def network_of(trace: Trace, depth: int | None = None) -> Network:
    """Return what is to be drawn of a trace; instances nested deeper than `depth` are one node.

    Raises ValueError where that is more than can be.
    """
    spec = trace.spec
    faults = faults_by_layer(trace)
    folds = {} if depth is None else spec.folded(depth)
    nodes = [Node(name, volume) for name, volume in trace.inputs.items()]
    place = dict(zip(spec.values.inputs, range(len(nodes)), strict=True))
    index = 0
    while index < len(trace.layers):
        instance = folds.get(index)
        end = index + 1 if instance is None else instance.end
        read = [value for node in spec.nodes[index:end] for value in node.sources or ()]
        inside = {spec.values.of(number) for number in range(index, end)}
        sources = tuple(dict.fromkeys(place[value] for value in read if value not in inside))
        if instance is None:
            sources = tuple(place[value] for value in read)
        records = trace.layers[index:end]
        fault = next((faults[record.name] for record in records if record.name in faults), "")
        name = records[0].name if instance is None else instance.name
        place.update(dict.fromkeys(inside, len(nodes)))
        group = "" if instance is None else instance.kind
        nodes.append(Node(name, records[-1].output, sources, records, group, fault))
        index = end
        if len(nodes) > MOST_NODES:
            raise ValueError(f"more than {MOST_NODES:,} layers are too many to be drawn: {FOLD}")
    outputs = {name: place[value] for name, value in spec.outputs.items() if value in place}
    used = {source for node in nodes for source in node.sources}
    for number in used.intersection(outputs.values()):
        nodes[number].gives = True
    return Network(nodes, outputs)


def faults_by_layer(trace: Trace) -> dict[str, str]:
    """Return the first error of each layer that has one, with its code."""
    found: dict[str, str] = {}
    for finding in trace.findings:
        if finding.layer and finding.severity == "error":
            found.setdefault(finding.layer, f"{finding.code}: {finding.fault.message}")
    return found


def summed(counts: Sequence[int | None]) -> int | None:
    """Return the sum of counts; None where one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
