"""Predicted against measured receptive fields, for the central output of each layer.

Both are cut to the input. They have to be equal where the prediction is exact. It is a bound behind
a transposed convolution, bilinear upsampling, an adaptive pool or branches of different jumps, and
where a layer is said to see everything behind a crop or a stride that leaves pixels out: there,
nothing may arrive outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import NamedTuple

from shapecalc.executor.measured_field import Interval, Measured, Tracker
from shapecalc.layers.base import show
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.verification import Check

ALL = 24  # layers of a small network: all are measured; of a large one so many
BOUNDS = ("conv_transpose", "adaptive_max_pool", "adaptive_avg_pool")


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
    bounds = _bounds(trace)
    measured = Tracker(trace, layers).run()
    checks = [_compared(trace.layers[m.layer], m, bounds[m.layer]) for m in measured]
    note = None
    if len(checks) < len(known):
        note = f"receptive fields: measured for {len(checks)} of {len(known):,} layers"
    return FieldChecks(checks, note)


def _changed(record: LayerRecord) -> bool:
    return all(record.field != before for before in record.source_fields)


class _Bound(NamedTuple):
    """What a layer's predicted field leaves open."""

    loose: bool  # it is a bound: the measured field lies inside
    placeless: bool  # where it lies is not known: only sizes are compared


def _bounds(trace: Trace) -> list[_Bound]:
    """Return what each layer's predicted field leaves open."""
    inputs = trace.spec.values.inputs
    bounds, leaves_out = [_Bound(False, False) for _ in inputs], [False for _ in inputs]
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        sources = node.sources or ()
        before = [bounds[source] for source in sources]
        jumps = {f.jumps() for f in record.source_fields if f is not None}
        own = record.kind in BOUNDS or getattr(record.layer, "mode", "") == "bilinear"
        field = record.field
        cut = record.kind == "crop"  # what it cuts off, no padding behind it can see
        dilated = getattr(record.layer, "dilation", 1) != 1
        skips = cut or dilated or _skips(record)
        leaves_out.append(any(leaves_out[source] for source in sources) or skips)
        unsure = field is None or (leaves_out[-1] if field.whole else field.axes is None)
        loose = any(b.loose for b in before) or own or unsure or cut
        # Branches of different jumps lie apart, each output's in another way (SC407).
        placeless = any(b.placeless for b in before) or len(jumps) > 1
        bounds.append(_Bound(loose or placeless, placeless))
    return [bounds[trace.spec.values.of(layer)] for layer in range(len(trace))]


def _skips(record: LayerRecord) -> bool:
    """Say whether a layer's windows leave pixels out, between them or at the end."""
    if not isinstance(record.layer, Sliding) or not record.input:
        return False
    fits = record.layer.fits(record.input[0])
    return any(fit.skips or (fit.remainder and fit.unused) for fit in fits.axes)


def _compared(record: LayerRecord, measured: Measured, bound: _Bound) -> Check:
    loose = bound.loose
    predicted = None if bound.placeless else _predicted(record, measured)
    reached = measured.reached
    full = list(record.receptive_field or ())
    if reached is None:  # a softmax of one unit, a window in the padding: nothing comes back
        return Check(record.name, "receptive_field", full, None, True, "no gradient comes back")
    if predicted is None or len(reached) != len(predicted):
        sizes = [b - a + 1 for a, b in reached]
        fits = all(s <= f for s, f in zip(sizes, full, strict=False))
        return Check(record.name, "receptive_field", full, sizes, fits, "a bound")
    extent = record.field.extent if record.field else ()
    cut = [(max(a, 0), min(b, W - 1)) for (a, b), W in zip(predicted, extent, strict=True)]
    agrees = all(
        a <= c and d <= b and (loose or (a, b) == (c, d) or whole != (a, b))
        for (a, b), (c, d), whole in zip(cut, reached, predicted, strict=True)
    )
    how = ["a bound"] if loose else []
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
    if field is None:
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
