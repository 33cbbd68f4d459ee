"""What may be meant beyond the layer at fault: a stride in a branch, another skip, a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair
from shapecalc.repairs.claims import claims
from shapecalc.repairs.inputs import inputs
from shapecalc.repairs.merges import merges
from shapecalc.tracing import Trace

MOST = 30

SEARCHES: dict[str, Callable[[Trace, Finding], Iterator[Repair]]] = {
    "SC201": inputs,
    "SC202": inputs,
    "SC205": merges,
    "SC301": claims,
    "SC401": inputs,
}


def candidates(trace: Trace, finding: Finding) -> Iterator[Repair]:
    """Yield repairs that nobody has tried yet, the likelier ones first; paths are the spec's."""
    search = SEARCHES.get(finding.fault.code)
    return islice(search(trace, finding), MOST) if search else iter(())
