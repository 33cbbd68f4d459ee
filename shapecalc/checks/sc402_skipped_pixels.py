"""The stride skips pixels: it is larger than the filter.

Pixels between two windows never reach any output. A 1x1 convolution of stride 2, as in the
shortcuts of residual networks, does this on purpose.

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

from collections.abc import Sequence
from functools import partial

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair, set_field
from shapecalc.geometry import Fit
from shapecalc.layers.base import show
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC402", "skipped-pixels", "warning")


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if windows leave gaps between them."""
    layer, volume = record.layer, record.input[0] if record.input else ()
    if not isinstance(layer, Sliding) or layer.stride() == 1:
        return ()
    fits = layer.fits(volume)
    if not fits.has_gaps:
        return ()
    fit = next(fit for fit in fits.axes if fit.has_gaps)
    message = (
        f"S={fit.S} skips {fit.S - fit.span} of every {fit.S} pixels: the filter spans {fit.span}"
    )
    hint = f"S={fit.span} or less reaches every pixel"
    if fit.span == 1:
        hint = "shortcuts of residual networks do so on purpose"
    repairs = partial(_repairs, layer, volume, fit)
    return [finding(RULE, record, message, hint, repairs)]


def _repairs(layer: Sliding, volume: Volume, fit: Fit) -> Sequence[Repair]:
    repairs = []
    for field, value in (("S", fit.span), ("F", fit.S)):
        output = layer.model_copy(update={field: value}).output_if_valid(volume)
        if output is not None:
            text = f"{field}={value} gives {show(output[:-1])}"
            repairs.append(Repair(text, set_field(field, value)))
    return repairs


CHECK = Check(RULE, (Sliding,), find)
