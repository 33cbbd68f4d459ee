"""Networks whose inputs leave sizes open: what holds of them, whatever the sizes are.

Other sizes are put in the place of the open ones, several sets of them at which the network fits,
and it is traced with each. What all traces agree in is known; what they differ in depends on the
size, and is None. Faults count where every set has them. So no layer kind and no rule has to know
of sizes that are not known, and those of plug-ins are served as ours are.

Imported only where a size is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from shapecalc import checks, worked_example
from shapecalc.agreement import OpenRecord, agreed_findings
from shapecalc.diagnostics import Finding
from shapecalc.fitting_sizes import MOST_TRIED, Search
from shapecalc.network import NetworkSpec, Node
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace, Trace
from shapecalc.volumes import PartialVolume, Volume, all_known, is_known
from shapecalc.walking import walk

MOST_AVOIDING = 1_000  # layers, in all sets that are tried to avoid what is no error


@dataclass(frozen=True, repr=False)
class OpenTrace(Trace):
    """The result where inputs leave sizes open: volumes are known in part."""

    fitting: Mapping[str, Volume] = field(default_factory=dict)
    whole: bool = True  # whether all is known once the sizes are

    @property
    def fitting_inputs(self) -> Mapping[str, Volume]:
        return self.fitting

    @cached_property
    def in_numbers(self) -> Trace:
        return traced(without_names(self.spec)) if self.spec.is_named else self

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with the spec, and nothing unknown but what depends on sizes
        that the input leaves open.
        """
        return self.whole and not any(found.rule.structural for found in self.findings)


def traced(spec: NetworkSpec) -> OpenTrace:
    """Return the checked trace of a spec whose inputs leave sizes open. Never raises."""
    search = Search(spec)
    sized = search.sets()
    traces = [search.traced(sizes) for sizes in sized]
    refused = search.unavoidable
    holding = [_holding(spec, {*search.refused(sizes)} - {*refused}) for sizes in sized]
    records = _records(spec, traces, holding)
    fitting = [trace for trace, holds in zip(traces, holding, strict=True) if all(holds)]
    own = len(spec.findings)
    findings = agreed_findings(
        [trace.findings[own:] for trace in traces],
        [_sources_hold(spec, holds) for holds in holding],
        {record.name: record for record in records},
    )
    findings = _unavoided(findings, search)
    if spec.example is not None:
        findings += worked_example.faults(spec, records)
    example = search.filled(search.shown()).inputs
    found = OpenTrace(
        spec,
        records,
        (*spec.findings, *findings),
        fitting={
            name: volume
            for name, volume in example.items()
            if volume is not None and is_known(volume) and volume != spec.inputs[name]
        },
        whole=all(trace.complete for trace in fitting),
    )
    return checks.checked_in_part(found)


def without_names(spec: NetworkSpec) -> NetworkSpec:
    """Return the spec with open sizes in the place of those that have names."""
    inputs = {
        name: volume and tuple(None if isinstance(size, str) else size for size in volume)
        for name, volume in spec.inputs.items()
    }
    return replace(spec, inputs=inputs)


def _holding(spec: NetworkSpec, refusing: set[int]) -> list[bool]:
    """Say of every value whether a set of sizes tells something of it: no layer behind which it
    stands refused them, where other sizes fit.
    """
    holds = [True for _ in spec.values.inputs]
    for index, node in enumerate(spec.nodes):
        holds.append(index not in refusing and all(holds[s] for s in node.sources or ()))
    return holds


def _sources_hold(spec: NetworkSpec, holds: Sequence[bool]) -> Mapping[str, bool]:
    """Say of every layer, by its name, whether what it takes holds."""
    return {node.name: all(holds[s] for s in node.sources or ()) for node in spec.nodes}


def _records(
    spec: NetworkSpec, traces: Sequence[KnownTrace], holding: Sequence[Sequence[bool]]
) -> tuple[OpenRecord, ...]:
    """Return what the traces agree in, layer by layer."""
    volumes: list[PartialVolume | None] = [*spec.inputs.values()]
    alone = _Alone(spec)
    records = []
    for index, node in enumerate(spec.nodes):
        value = spec.values.of(index)
        agreeing = [
            trace.layers[index]
            for trace, holds in zip(traces, holding, strict=True)
            if holds[value]
        ]
        taken = [volumes[source] for source in node.sources or ()]
        known = tuple(volume for volume in taken if volume is not None)
        inputs = known if node.sources is not None and len(known) == len(taken) else None
        told: Sequence[KnownRecord] = agreeing
        if len(agreeing) < 2 and inputs is not None and not all_known(inputs):
            told = alone.records(node, inputs) or agreeing
        record = OpenRecord.of(told, inputs, agreeing, node.layer)
        volumes.append(record.output)
        records.append(record)
    return tuple(records)


class _Alone:
    """Layers by themselves, for those of which one set of sizes tells, if at all: nobody knows
    which of its numbers the network demands.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec
        self.left = MOST_TRIED
        self.known: dict[Any, Sequence[KnownRecord]] = {}

    def records(self, node: Node, inputs: tuple[PartialVolume, ...]) -> Sequence[KnownRecord]:
        """Return the records of a layer at sizes that fit it; those of no sizes if none do."""
        sources = node.sources or ()
        places = {source: place for place, source in enumerate(dict.fromkeys(sources))}
        key = id(node.layer), inputs, tuple(places[source] for source in sources)
        if key not in self.known:
            self.known[key] = self._found(node, dict(zip(sources, inputs, strict=True)), key[2])
        return self.known[key]

    def _found(
        self, node: Node, inputs: Mapping[int, PartialVolume], sources: tuple[int, ...]
    ) -> Sequence[KnownRecord]:
        layer = replace(node, sources=sources, shares=None, expectations=None, translation=None)
        spec = replace(
            self.spec, inputs={str(source): volume for source, volume in inputs.items()},
            nodes=[layer], instances=(), outputs={}, expectations=None, findings=(),
        )  # fmt: skip
        unknown = walk(replace(spec, example=None)).layers
        if self.left <= 0:
            return unknown
        search = Search(spec)
        sized = [sizes for sizes in search.sets() if not search.refused(sizes)]
        self.left -= search.spent
        return [walk(search.filled(sizes)).layers[0] for sizes in sized] or unknown


def _unavoided(findings: list[Finding], search: Search) -> list[Finding]:
    """Return the findings without the advice and the warnings that some sizes avoid."""
    left = MOST_AVOIDING
    for sizes in search.others():
        if all(finding.severity == "error" for finding in findings) or left <= 0:
            break
        left -= len(search.spec.nodes)
        if search.refused(sizes) != search.unavoidable:
            continue
        met = {(f.rule, f.path, f.layer) for f in search.traced(sizes).findings}
        findings = [f for f in findings if (f.rule, f.path, f.layer) in met]
    return findings


__all__ = ["OpenTrace", "traced", "without_names"]
