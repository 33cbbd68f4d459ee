"""A network without layers.

With `layers: []` the output is the input. That is computed, but it is rarely what was meant.

Advised:

    input: 32x32x3
    layers: []

Good:

    input: 32x32x3
    layers:
      - dense: 10
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Finding, repairable
from shapecalc.edits import Change, Repair
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

RULE = Rule("SC411", "no-layers", "advice")


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding where a list of layers comes to none."""
    if trace.layers or not trace.spec.readable:
        return ()
    repair = Repair("for example layers: [{dense: 10}]", Change("set", [{"dense": 10}]))
    fault = repairable(RULE, "the network has no layers", [repair])
    return (Finding(fault, ("layers",)),)


CHECK = Check(RULE, of_network=find)
