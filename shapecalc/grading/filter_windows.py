"""What the gradient of a convolution's filters is the sum of: what comes back to each window times
what that window sees.
"""

from __future__ import annotations

from math import prod
from typing import Any

from shapecalc.grading.gradient_parts import meetings
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import array_in
from shapecalc.layers.conv import Conv
from shapecalc.records import KnownRecord

MOST_TERMS = 10_000  # products that a gradient is the sum of


def seen_by_windows(subject: Subject, record: KnownRecord) -> Any | None:
    """Return what the windows of a convolution see: N x D x (windows, taps) for each axis, 0 where
    that is padding. None where filters are shared, or their gradient is a sum of very many.
    """
    layer = record.layer
    if not isinstance(layer, Conv) or layer.groups > 1 or layer.mode != "zeros":
        return None
    if record.shared or not record.sources or not record.input:
        return None
    own = record.name, f"{record.name}.weight"
    if any(other.shared in own for other in subject.trace.layers):
        return None
    fits = layer.fits(record.input[0]).axes
    x = array_in(subject, record.sources[0])
    if layer.K * x.shape[0] * x.shape[1] * prod(fit.size * fit.F for fit in fits) > MOST_TERMS:
        return None
    from shapecalc.executor import windows_seen  # NumPy, which only values need

    each = zip(fits, meetings(record), strict=True)
    return windows_seen.seen_by_windows(x, [(fit.size, fit.F, pairs) for fit, pairs in each])


def gradient_of_windows(back: Any, seen: Any) -> Any:
    """Return the terms of the gradient, windows x K x D x taps, each a sum over the batch."""
    from shapecalc.executor.windows_seen import terms_of_filters  # NumPy, which only values need

    return terms_of_filters(back, seen)
