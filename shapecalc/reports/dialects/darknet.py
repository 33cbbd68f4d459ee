"""Darknet: the "Total BFLOPS" that it prints when it loads a network, for one example.

Counted are convolutions, two for each multiply-accumulate (a 32nd of it with xnor), values in
windows of pools, and sums of shortcuts; neither dense layers nor activations. Source: Darknet,
convolutional_layer.c, maxpool_layer.c, shortcut_layer.c and crnn_layer.c.
"""

from __future__ import annotations

from math import prod

from shapecalc.layers.base import per_axis
from shapecalc.records import LayerRecord
from shapecalc.reports.dialects.figures import Figure, More, Term, counted, figure, rank, values
from shapecalc.tracing import Trace

PER_UNIT = 10**9
WINDOWS = "pools: every value in their windows"
SUMS = "shortcuts: their sums"
DENSE = "dense layers are not counted"


def bflops(trace: Trace) -> float | None:
    """Return the billions of operations of a network of Darknet's; None if not known."""
    total = 0.0
    for term in trace.spec.document.own.terms:
        number = trace[term.layer].number(term.quantity)
        if number is None:
            return None
        total += term.factor * number
    return total / PER_UNIT


def _windows(record: LayerRecord) -> int:
    F: tuple[int, ...] = per_axis(getattr(record.layer, "F", 1), rank(record), "F")
    return values(record) * prod(F)


MORE = {
    "dense": More(DENSE, lambda record: -2 * (record.macs or 0)),
    "max_pool": More(WINDOWS, _windows),
    "avg_pool": More(WINDOWS, _windows),
    "add": More(SUMS, values),
}


def figures(trace: Trace) -> list[Figure]:
    """Return the one number."""
    title, name = "Total BFLOPS", "FLOPs, 2 for each MAC"
    macs = trace.totals["macs"]
    if trace.spec.document.format != "darknet" or not trace.spec.readable:
        more = counted(trace, title, str, "macs", MORE, name).terms
        return [figure(title, _billions, name, None if macs is None else 2 * macs, more)]
    total = bflops(trace)
    if total is None or macs is None:
        return [figure(title, _billions, name, None)]
    return [figure(title, _billions, name, 2 * macs, _own_terms(trace, total, macs))]


def _own_terms(trace: Trace, total: float, macs: int) -> list[Term]:
    """Return the terms of a network of Darknet's by the kinds of its layers."""
    sums = dict[str, int]()
    for term in trace.spec.document.own.terms:
        record = trace[term.layer]
        if term.quantity != "macs":
            why = SUMS if record.kind in ("add", "identity") else WINDOWS
            sums[why] = sums.get(why, 0) + round(term.factor * record.number(term.quantity))
    dense = sum(2 * (record.macs or 0) for record in trace.layers if record.kind == "dense")
    found = [Term(DENSE, -dense), *(Term(*item) for item in sums.items())]
    rest = round(total * PER_UNIT) - 2 * macs - sum(term.value for term in found)
    return [*found, Term("convolutions with xnor, and what recurrent layers count", rest)]


def _billions(operations: int) -> str:
    return f"{operations / PER_UNIT:.3f}"
