"""Repairs of a layer that names another one of a kind: one whose sizes are those that come in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from shapecalc.diagnostics import Finding
from shapecalc.edits import Change, Repair
from shapecalc.layers.base import show
from shapecalc.repairs.chain import Chains
from shapecalc.tracing import KnownTrace

MOST = 3


def references(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield other layers to name, the latest ones first."""
    index = Chains(trace).names.get(finding.layer or "")
    if index is None:
        return
    node, inputs = trace.spec.nodes[index], trace.layers[index].input
    kind = None if node.layer is None else node.layer.refers_to()
    if node.layer is None or kind is None or not inputs:
        return
    field = node.layer.reference or ""
    prefix = node.name[: node.name.rfind(".") + 1]
    earlier = reversed(trace.layers[:index])
    fitting = (r for r in earlier if isinstance(r.layer, kind) and r.output == inputs[0])
    for record in islice(fitting, MOST):
        name = record.name.removeprefix(prefix)
        text = f"{field}: {name}, which gives {show(inputs[0])}"
        yield Repair(text, Change("field", name, node.path, field))
