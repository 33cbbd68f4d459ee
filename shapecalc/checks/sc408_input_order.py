"""The input looks depth first, or lacks its depth.

Volumes are height x width x depth. PyTorch's order, depth first, gives other results without any
error, and 28x28 is read as a sequence of length 28 and depth 28.

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

from shapecalc.checks.rule import Rule
from shapecalc.diagnostics import Fault, Finding, Path
from shapecalc.layers.base import show
from shapecalc.layers.fields import Volume
from shapecalc.tracing import Trace

CHANNELS = (1, 3, 4)  # grey, colour, colour with transparency
SMALLEST_IMAGE = 8


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding for each input whose sizes look out of order."""
    findings = []
    for name, volume in trace.inputs.items():
        path: Path = ("inputs", name) if "inputs" in trace.spec.document.data else ("input",)
        fault = _look(volume) if volume is not None else None
        if fault is not None:
            findings.append(Finding(fault, path, None, "advice"))
    return findings


def _look(volume: Volume) -> Fault | None:
    if len(volume) == 3 and volume[0] in CHANNELS:
        D, H, W = volume
        if min(H, W) >= SMALLEST_IMAGE and (H == W or D == 3):
            message = f"{show(volume)} looks depth first: it is read as height {D}, depth {W}"
            return Fault("SC408", message, f"write {show((H, W, D))}, the depth last")
    if len(volume) == 4 and min(volume[2:]) >= SMALLEST_IMAGE and volume[2] == volume[3]:
        for place in (0, 1):  # depth x frames x height x width, or a batch of depth first
            if volume[place] in CHANNELS and min(volume[:2]) != max(volume[:2]):
                frames = volume[1 - place]
                message = f"{show(volume)} looks depth first: it is read with depth {volume[3]}"
                hint = f"write {show((frames, *volume[2:], volume[place]))}, the depth last"
                return Fault("SC408", message, hint)
    if len(volume) == 2 and volume[0] == volume[1] >= SMALLEST_IMAGE:
        message = (
            f"{show(volume)} looks like an image without its depth: it is read as length x depth"
        )
        return Fault("SC408", message, f"write {show((*volume, 1))} for a grey image")
    return None


RULE = Rule("SC408", "order of the input", "advice", of_network=find)
