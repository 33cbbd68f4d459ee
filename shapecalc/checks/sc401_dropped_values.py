"""Rounding drops rows or columns of real values.

Where the stride does not divide and `rounding` is floor, the last window ends before the input
does. Lost padding is not reported, nor what SC402 says already.

Warned, since 6 - 3 is not a multiple of 2 and the last row and column are never seen:

    input: 6x6x1
    layers:
      - conv: {K: 1, F: 3, S: 2, rounding: floor}

Good:

    input: 7x7x1
    layers:
      - conv: {K: 1, F: 3, S: 2}
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair
from shapecalc.geometry import Fit, never_seen
from shapecalc.layers.base import axis_titles
from shapecalc.layers.field_types import Volume
from shapecalc.layers.repairs import repairs_of
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC401", "dropped-values", "warning")

LINES = {"height": "row", "width": "column", "length": "position", "frames": "frame"}


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if some axis loses real values at its end."""
    layer, volume = record.layer, record.input[0] if record.input else ()
    if not isinstance(layer, Sliding) or layer.rounding in (None, "exact"):
        return ()
    fits = layer.fits(volume).axes
    dropped, values = [], 0
    for fit, title in zip(fits, axis_titles(len(fits)), strict=True):
        if fit.remainder and fit.dropped and not fit.has_gaps:
            lost = never_seen(fit, layer.border())
            if not lost:
                continue
            line = LINES[title]
            dropped.append(f"the last {lost} {line}s" if lost > 1 else f"the last {line}")
            values += lost
    if not dropped:
        return ()
    message = f"{' and '.join(dropped)} of the input {'is' if values == 1 else 'are'} never used"
    repairs = partial(_repairs, layer, volume, fits)
    return [finding(RULE, record, message, repairs=repairs)]


def _repairs(layer: Sliding, volume: Volume, fits: Sequence[Fit]) -> Sequence[Repair]:
    exact = layer.model_copy(update={"rounding": "exact"})
    return [r for r in repairs_of(exact, volume, fits) if r.change.name != "rounding"]


CHECK = Check(RULE, (Sliding,), find, of_sizes=True)
