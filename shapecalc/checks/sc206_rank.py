"""The layer cannot take a volume with this number of axes.

Spatial axes are all axes but the depth: 784 has none, 10x1 one, 32x32x3 two, 16x112x112x3 three.
Convolutions and pools whose windows slide need one to three. The global and adaptive pools, pad,
crop, upsample, the pixel shuffles, instance_norm and lrn need at least one, dense, flatten,
reshape, dropout, activations, merges and all other layers none; these take up to seven.

A field with an entry for each axis must have as many as there are: `F: [3, 5]` is for images,
`F: [3, 3, 3]` for films. One number serves every axis.

A framework's layer with a number in its name is for so many: Conv2d for two, Conv1D for one.

It is often met behind a flatten or dense layer, where no rows and columns are left. Move the
convolutions in front of it, or give the values their shape back with reshape.

Bad, since 8*8*3 = 192 values in a row have no height and width:

    input: 8x8x3
    layers:
      - flatten
      - conv: {K: 4, F: 3}

Good:

    input: 8x8x3
    layers:
      - conv: {K: 4, F: 3}
      - flatten
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, repairable
from shapecalc.layers.base import show
from shapecalc.tracing import Trace


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding for each framework's layer that is for another number of axes."""
    findings = []
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        if node.translation is None or not record.input or record.output is None:
            continue
        for field, stated in node.translation.claims:
            axes = len(record.input[0]) - 1
            if stated.what != "axes" or axes in stated.value:
                continue
            wanted = " or ".join(map(str, stated.value))
            noun = "axis" if wanted == "1" else "axes"
            message = f"{node.name}: {field} is for {wanted} spatial {noun}"
            message += f", and {show(record.input[0])} has {axes}"
            fault = Fault(rules.RANK, message, "it is read as meant for the depth")
            if field == node.translation.word:
                repair = node.translation.repair(alone=isinstance(node.path[-1], int))
                fault = repairable(rules.RANK, message, [repair], "give it another volume")
            findings.append(Finding(fault, node.path, node.name))
    return findings


CHECK = Check(rules.RANK, of_network=find)
