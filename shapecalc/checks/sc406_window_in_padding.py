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

from collections.abc import Iterator, Sequence

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair, set_field
from shapecalc.geometry import FAR, Fit, has_empty_window
from shapecalc.layers.base import axis_titles
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC406", "window-in-the-padding", "warning")


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if a window at the border meets no real value."""
    layer = record.layer
    if not isinstance(layer, Sliding) or layer.P == 0 or not record.input:
        return ()
    if layer.border() != "zeros":  # real values
        return ()
    found = layer.fits(record.input[0])
    if not found.has_empty_window:
        return ()
    fits = found.axes
    axes = [t for t, fit in zip(axis_titles(len(fits)), fits, strict=True) if has_empty_window(fit)]
    message = f"along the {' and the '.join(axes)}, a window lies wholly in the padding"
    repairs = list(_repairs(layer, record.input[0], fits))
    return [finding(RULE, record, message, ", ".join(r.text for r in repairs), repairs)]


def _repairs(layer: Sliding, volume: Volume, fits: Sequence[Fit]) -> Iterator[Repair]:
    """Yield the largest P, and the largest dilation, with which every window meets the input."""
    widest = max(max(fit.before, fit.after) for fit in fits)
    for name, most, least, what in (
        ("P", min(widest, max(fit.span for fit in fits)), 0, "is the most that is of use"),
        (
            "dilation",
            max(fit.dilation for fit in fits) - 1,
            1,
            "is the most with which every window meets the input",
        ),
    ):
        for value in range(most, max(least, most - FAR) - 1, -1):
            changed = layer.model_copy(update={name: value})
            if (
                changed.output_if_valid(volume) is not None
                and not changed.fits(volume).has_empty_window
            ):
                yield Repair(f"{name}={value} {what}", set_field(name, value))
                break


CHECK = Check(RULE, (Sliding,), find, of_sizes=True)
