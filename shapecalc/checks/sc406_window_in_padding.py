"""A window lies wholly in the padding.

Its output does not depend on the input at all: a convolution gives its bias there, an average
pool 0.

Warned, since the first and the last 2x2 window of each row and column see zeros only:

    input: 4x4x1
    layers:
      - conv: {K: 1, F: 2, P: 2}

Good:

    input: 4x4x1
    layers:
      - conv: {K: 1, F: 2, P: 1}
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair, set_field
from shapecalc.geometry import has_empty_window
from shapecalc.layers.base import axis_titles
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

RULE = Rule("SC406", "window-in-the-padding", "warning")


def find(record: LayerRecord, trace: Trace) -> Sequence[Later]:
    """Return a finding if a window at the border meets no real value."""
    layer = record.layer
    if not isinstance(layer, Sliding) or layer.P == 0 or not record.input:
        return ()
    found = layer.fits(record.input[0])
    if not found.has_empty_window:
        return ()
    fits = found.axes
    axes = [t for t, fit in zip(axis_titles(len(fits)), fits, strict=True) if has_empty_window(fit)]
    most = min(fit.span for fit in fits) - 1
    message = f"along the {' and the '.join(axes)}, a window lies wholly in the padding"
    repair = Repair(f"P={most} is the most that is of use", set_field("P", most))
    return [finding(RULE, record, message, repair.text, [repair])]


CHECK = Check(RULE, (Sliding,), find)
