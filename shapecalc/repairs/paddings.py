"""Zeros around all convolutions at once: without them, deep networks use up a small image."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.diagnostics import Finding, LayerError, some
from shapecalc.edits import Change, Repair, several
from shapecalc.layers.base import show
from shapecalc.layers.conv import Convolution
from shapecalc.repairs.chain import Chains
from shapecalc.tracing import KnownTrace

MOST_NAMED = 4


def paddings(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield `P: same` in every convolution on the way to a filter that is too large."""
    chains = Chains(trace)
    index = chains.names.get(finding.layer or "")
    if index is None:
        return
    chain = chains.back(chains.values.of(index), farthest=len(trace.layers))
    nodes = [trace.spec.nodes[place] for place in reversed(chain)]
    volumes = trace.layers[chain[-1]].input if chain else None
    if volumes is None:
        return
    (volume,), padded = volumes, {}
    try:
        for node in nodes:
            layer = node.layer
            if layer is None:
                return
            if isinstance(layer, Convolution) and layer.P == 0 and layer.F != 1:
                padded[node.path] = node.name
                layer = layer.model_copy(update={"P": "same"})
            volume = layer.volume([volume])
    except LayerError:
        return
    if len(padded) > 1:
        changes = (Change("field", "same", path, "P") for path in padded)
        text = f"P: same in {some(list(padded.values()), MOST_NAMED)} gives {show(volume[:-1])}"
        yield Repair(text, several(*changes))
