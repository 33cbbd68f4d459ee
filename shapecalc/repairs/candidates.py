"""What may be meant beyond the layer at fault: a stride in a branch, another skip, a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair
from shapecalc.tracing import Trace

MOST = 30

Search = Callable[[Trace, Finding], Iterator[Repair]]
SEARCHED = ("SC201", "SC202", "SC205", "SC206", "SC301", "SC401")
OUT_OF_ORDER = ("SC201", "SC202", "SC206", "SC301")  # may come from a batch, or the depth first


def candidates(trace: Trace, finding: Finding) -> Iterator[Repair]:
    """Yield repairs that nobody has tried yet, the likelier ones first; paths are the spec's."""
    searches = _searches(finding.fault.code)
    return islice(chain.from_iterable(search(trace, finding) for search in searches), MOST)


def _searches(code: str) -> Iterator[Search]:
    """Yield what looks for repairs of a code."""
    if code not in SEARCHED:
        return
    from shapecalc.repairs import claims, inputs, merges  # most networks need none of it

    if code in OUT_OF_ORDER:
        yield inputs.meant_inputs
    if code == "SC201":
        yield inputs.rounded
    if code in ("SC201", "SC202", "SC401"):
        yield inputs.inputs
    if code == "SC205":
        yield merges.merges
    if code == "SC301":
        yield claims.claims
