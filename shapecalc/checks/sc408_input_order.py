"""The input looks depth first, has a batch in front, or lacks its depth.

Volumes are height x width x depth, without a batch. PyTorch's order, depth first, gives other
results without any error; 1x3x224x224, one example in PyTorch's order, is read as one frame of
3x224 with depth 224, and 28x28 as a sequence of length 28 and depth 28.

Advised:

    input: 3x224x224
    layers:
      - conv: {K: 64, F: 3}

Good:

    input: 224x224x3
    layers:
      - conv: {K: 64, F: 3}
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, repairable
from shapecalc.layers.read_volumes import rewritings
from shapecalc.rules import Rule
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume, doubts, show, sized, titles_of

RULE = Rule("SC408", "order-of-the-input", "advice")


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding for each input whose sizes look out of order."""
    findings = []
    for name, volume in trace.inputs.items():
        fault = _look(volume) if volume is not None else None
        if fault is not None:
            findings.append(Finding(fault, trace.spec.place_of_input(name)))
    return findings


def _look(volume: PartialVolume) -> Fault | None:
    meant = doubts(volume)
    if not meant:
        return None
    if meant[0].grey:
        looks = "looks like an image without its depth"
    elif meant[0].batch is not None:
        looks = "looks as if a batch stood in front"
    else:
        looks = "looks depth first"
    sizes = ("?" if size is None else size for size in volume)
    axes = ", ".join(
        sized(title, size) for title, size in zip(titles_of(volume), sizes, strict=True)
    )
    message = f"{show(volume)} {looks}: it is read as {axes}"
    return repairable(RULE, message, rewritings(meant))


CHECK = Check(RULE, of_network=find, partial=True)
