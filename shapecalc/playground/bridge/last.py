"""The network that the page shows: what was traced last, for calls about its parts."""

from __future__ import annotations

from shapecalc.playground.bridge import Refused
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace

_kept: list[Trace] = []


def keep(trace: Trace) -> None:
    """Keep a trace in the place of the last."""
    _kept[:] = [trace]


def last() -> Trace:
    """Return the last trace. Raises Refused where nothing was traced yet."""
    if not _kept:
        raise Refused("no network was read yet")
    return _kept[0]


def layer_of_last(index: int) -> LayerRecord:
    """Return a layer of the last network. Raises Refused where it has no such layer."""
    layers = last().layers
    if not 0 <= index < len(layers):
        raise Refused("The network has no such layer any more.")
    return layers[index]
