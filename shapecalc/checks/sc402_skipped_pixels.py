"""The stride skips pixels: it is larger than the filter.

Pixels between two windows never reach any output. A 1x1 convolution of stride 2 in the shortcut of
a residual network does this on purpose: its sizes must be those of the branch that it meets. There
nothing is offered; elsewhere what leaves the network's output as it is.

Warned, since every second row and column is skipped:

    input: 5x5x8
    layers:
      - conv: {K: 8, F: 1, S: 2}

Good:

    input: 6x6x8
    layers:
      - conv: {K: 8, F: 2, S: 2}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Change, Repair, set_field
from shapecalc.geometry import zeros_for
from shapecalc.layers.base import show, show_value
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord, LayerRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace, Trace

RULE = Rule("SC402", "skipped-pixels", "warning")

IN_A_SHORTCUT = "usual in a shortcut, whose sizes must be those of the branch that it meets"


def find(trace: KnownTrace) -> Iterator[Later]:
    """Yield a finding for each layer whose windows leave gaps between them."""
    meeting: frozenset[str] | None = None  # asked once, where it matters
    for record in trace.layers:
        layer = record.layer
        if not isinstance(layer, Sliding) or not record.input or record.output is None:
            continue
        if layer.stride() == 1 or not layer.fits(record.input[0]).has_gaps:
            continue
        meeting = shortcuts(trace) if meeting is None else meeting
        yield _finding(record, layer, record.name in meeting)


def shortcuts(trace: Trace) -> frozenset[str]:
    """Return the layers that lead to a merge by filters of one pixel, and by what keeps sizes."""
    found = []
    merged: set[int] = set()  # values
    values = trace.spec.values
    records = enumerate(trace.layers)
    for index, record in reversed(list(records)):
        sources = trace.spec.nodes[index].sources or ()
        if record.layer is None:
            continue
        if record.layer.merges:
            merged.update(sources)
        elif values.of(index) in merged and _is_pointwise(record):
            merged.update(sources)
            found.append(record.name)
    return frozenset(found)


def _is_pointwise(record: LayerRecord) -> bool:
    layer = record.layer
    if isinstance(layer, Sliding):
        return layer.F == 1 or (isinstance(layer.F, tuple) and set(layer.F) == {1})
    if not record.input or record.output is None:
        return False
    return record.input[0][:-1] == record.output[:-1]


def _finding(record: KnownRecord, layer: Sliding, is_shortcut: bool) -> Later:
    (volume, *_) = record.input or ((),)
    fit = next(fit for fit in layer.fits(volume).axes if fit.has_gaps)
    message = (
        f"S={fit.S} skips {fit.S - fit.span} of every {fit.S} pixels: the filter spans {fit.span}"
    )
    if is_shortcut:
        return finding(RULE, record, message, IN_A_SHORTCUT)
    hint = f"S={fit.span} reaches every pixel, and changes what comes behind"
    return finding(RULE, record, message, hint, lambda: list(_repairs(layer, volume)))


def _repairs(layer: Sliding, volume: Volume) -> Iterator[Repair]:
    """Yield another stride, or a filter as large as the stride, with zeros where it needs some."""
    fits = layer.fits(volume)
    strides = tuple(min(fit.S, fit.span) for fit in fits.axes)
    filters = tuple(fit.S if fit.span < fit.S else fit.F for fit in fits.axes)
    wide = layer.model_copy(update={"F": _one(filters)})
    windows = zip(wide.fits(volume).axes, fits.sizes, strict=True)
    zeros = [zeros_for(fit, size) for fit, size in windows]
    changes: list[dict[str, Any]] = [{"S": _one(strides)}, {"F": _one(filters)}]
    if None not in zeros and any(map(any, filter(None, zeros))):
        changes.append({"F": _one(filters), "P": tuple(zeros)})
    for change in changes:
        output = layer.model_copy(update=change).output_if_valid(volume)
        if output is not None:
            text = " ".join(f"{name}={show_value(value)}" for name, value in change.items())
            ((name, value), *more) = change.items()
            made = Change("field", change) if more else set_field(name, value)
            yield Repair(f"{text} gives {show(output[:-1])}", made)


def _one(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one value for all axes where they are alike."""
    return values[0] if len(set(values)) == 1 else values


CHECK = Check(RULE, of_network=find, of_fields=True)
