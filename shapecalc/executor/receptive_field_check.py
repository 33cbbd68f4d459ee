"""Predicted against measured receptive fields, for the central output of each layer.

Both are cut to the input. They have to be equal where the prediction is exact. It is a bound behind
a transposed convolution, bilinear upsampling, an adaptive pool or branches of different jumps, and
where a layer is said to see everything behind a crop or a stride that leaves pixels out: there,
nothing may arrive outside. Behind padding that is filled with real values the sizes alone are
compared, and behind one that goes round the border nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import NamedTuple

from shapecalc.executor.measured_receptive_field import Interval, Measured, Tracker
from shapecalc.layers.base import show
from shapecalc.receptive_field import AROUND
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.verification import Check

ALL = 24  # layers of a small network: all are measured; of a large one so many


class FieldChecks(NamedTuple):
    """The checks, and a note where some layers were left out."""

    checks: list[Check]
    note: str | None


def field_checks(trace: Trace, chosen: Sequence[int]) -> FieldChecks:
    """Return a check for each chosen layer that has a receptive field, or for some of them."""
    known = [i for i in chosen if trace.layers[i].receptive_field is not None]
    layers = known
    if len(known) > ALL:
        grown = [i for i in known if _changed(trace.layers[i])] or known
        step = max(1, ceil(len(grown) / (ALL - 1)))
        layers = sorted({*grown[::step], grown[-1]})
    exact = _exact(trace)
    measured = Tracker(trace, layers).run()
    checks = [_compared(trace.layers[m.layer], m, exact[m.layer]) for m in measured]
    note = None
    if len(checks) < len(known):
        note = f"receptive fields: measured for {len(checks)} of {len(known):,} layers"
    return FieldChecks(checks, note)


def _changed(record: LayerRecord) -> bool:
    return all(record.field != before for before in record.source_fields)


def _exact(trace: Trace) -> list[bool]:
    """Say of each layer whether an output sees all of the predicted field."""
    left_out = [False for _ in trace.spec.values.inputs]
    exact = []
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        before = any(left_out[source] for source in node.sources or ())
        layer, inputs = record.layer, record.input
        own = layer is not None and inputs is not None and layer.leaves_out(inputs)
        left_out.append(before or own)
        field = record.field
        exact.append(field is not None and field.exact and not (field.whole and left_out[-1]))
    return exact


def _compared(record: LayerRecord, measured: Measured, exact: bool) -> Check:
    predicted = _predicted(record, measured)
    reached = measured.reached
    full = list(record.receptive_field or ())
    if reached is None:  # a softmax of one unit, a window in the padding: nothing comes back
        return Check(record.name, "receptive_field", full, None, True, "no gradient comes back")
    if record.field is not None and record.field.doubt == AROUND:
        sizes = [b - a + 1 for a, b in reached]
        told = "not compared: circular padding goes round the border"
        return Check(record.name, "receptive_field", full, sizes, True, told)
    if predicted is None or len(reached) != len(predicted):
        sizes = [b - a + 1 for a, b in reached]
        fits = all(s <= f for s, f in zip(sizes, full, strict=False))
        return Check(record.name, "receptive_field", full, sizes, fits, "a bound")
    extent = record.field.extent if record.field else ()
    cut = [(max(a, 0), min(b, W - 1)) for (a, b), W in zip(predicted, extent, strict=True)]
    agrees = all(
        a <= c and d <= b and (not exact or (a, b) == (c, d) or whole != (a, b))
        for (a, b), (c, d), whole in zip(cut, reached, predicted, strict=True)
    )
    how = [] if exact else ["a bound"]
    if cut != predicted:
        how.append(f"{show(tuple(full))} cut to the input")
    sizes = [b - a + 1 for a, b in reached]
    expected = [b - a + 1 for a, b in cut]
    if not agrees and sizes == expected:  # as large, but elsewhere
        how.append(f"pixels {_pixels(reached)} instead of {_pixels(cut)}")
    return Check(record.name, "receptive_field", expected, sizes, agrees, ", ".join(how))


def _predicted(record: LayerRecord, measured: Measured) -> list[Interval] | None:
    """Return the predicted first and last pixel on each axis; None where only sizes are known."""
    field = record.field
    if field is None or not field.placed:
        return None
    if field.whole:
        return [(0, W - 1) for W in field.extent]
    if field.axes is None or len(field.axes) != len(measured.at):
        return None
    return [
        (floor(axis.start(j)), ceil(axis.end(j)))
        for axis, j in zip(field.axes, measured.at, strict=True)
    ]


def _pixels(intervals: Sequence[Interval]) -> str:
    return " x ".join(f"{a} to {b}" for a, b in intervals)
