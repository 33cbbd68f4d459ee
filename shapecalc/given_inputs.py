"""Tracing with other inputs than a spec's own: its claims were made for those.

Imported only where inputs are given.
"""

from __future__ import annotations

from dataclasses import replace

from shapecalc import checks, network, rules
from shapecalc.network import NetworkSpec
from shapecalc.tracing import Trace


def traced(spec: NetworkSpec) -> Trace:
    """Return the checked trace of a spec whose inputs were given.

    A claim counts as false only if it is false at the spec's own inputs, too: one about a volume
    holds at one size, and one about the parameters of a convolution at all.
    """
    trace = checks.traced(replace(spec, given={}))
    claims = [found for found in trace.findings if found.rule is rules.FALSE_CLAIM]
    if claims:
        own = checks.traced(network.build(spec.document, spec.max_layers))
        false = {f.path for f in own.findings if f.rule is rules.FALSE_CLAIM}
        kept = [f for f in trace.findings if f not in claims or f.path in false]
        trace = replace(trace, findings=tuple(kept))
    return replace(trace, spec=spec)
