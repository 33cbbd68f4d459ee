"""Repairs of volumes that do not agree: a field in one branch, another source, a layer more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair
from shapecalc.repairs.branches import Merge
from shapecalc.repairs.chain import Chains
from shapecalc.repairs.inputs import fitting, inputs
from shapecalc.repairs.insertions import Insertions
from shapecalc.tracing import KnownTrace

MOST_FIELDS = 12


def merges(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield what may make the volumes agree that a merge takes."""
    chains = Chains(trace)
    index = chains.names.get(finding.layer or "")
    if index is None:
        return
    node, record = trace.spec.nodes[index], trace.layers[index]
    if node.layer is None or record.input is None or node.sources is None:
        return
    merge = Merge(trace, chains, index, node.layer, node.sources, record.input, node.path)
    yield from merge.other_sources(before=False)
    yield from Insertions(merge).projections()
    yield from islice(merge.other_fields(), MOST_FIELDS)
    yield from merge.other_sources(before=True)
    yield from Insertions(merge).layers()
    yield from merge.flattened()
    yield from fitting(trace, finding)
    yield from inputs(trace, finding)
