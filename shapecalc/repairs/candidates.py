"""What may be meant beyond the layer at fault: a stride in a branch, another skip, a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair
from shapecalc.repairs.claims import claims
from shapecalc.repairs.inputs import inputs, meant_inputs, rounded
from shapecalc.repairs.merges import merges
from shapecalc.tracing import Trace

MOST = 30

Search = Callable[[Trace, Finding], Iterator[Repair]]
SEARCHES: dict[str, Search] = {
    "SC201": inputs,
    "SC202": inputs,
    "SC205": merges,
    "SC301": claims,
    "SC401": inputs,
}
OUT_OF_ORDER = ("SC201", "SC202", "SC206", "SC301")  # may come from a batch, or the depth first


def candidates(trace: Trace, finding: Finding) -> Iterator[Repair]:
    """Yield repairs that nobody has tried yet, the likelier ones first; paths are the spec's."""
    code = finding.fault.code
    searches: list[Search] = [meant_inputs] if code in OUT_OF_ORDER else []
    if code == "SC201":
        searches.append(rounded)
    if code in SEARCHES:
        searches.append(SEARCHES[code])
    return islice(chain.from_iterable(search(trace, finding) for search in searches), MOST)
