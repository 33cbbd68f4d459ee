"""The figure that Darknet prints when it loads a network: its BFLOPS.

Imported only where a network is Darknet's.
"""

from __future__ import annotations

from shapecalc.tracing import Trace

PER_UNIT = 10**9


def bflops(trace: Trace) -> float | None:
    """Return Darknet's "Total BFLOPS", billions of operations for one example; None if not known.

    Counted are convolutions, two for each multiply-accumulate (a 32nd of it with xnor), values in
    windows of pools, and sums of shortcuts; neither dense layers nor activations. Source: Darknet,
    convolutional_layer.c, maxpool_layer.c, shortcut_layer.c and crnn_layer.c.
    """
    total = 0.0
    for term in trace.spec.document.own.terms:
        number = trace[term.layer].number(term.quantity)
        if number is None:
            return None
        total += term.factor * number
    return total / PER_UNIT
