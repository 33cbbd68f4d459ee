"""What the windows of a convolution see, and what each adds to the gradient of its filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from shapecalc.executor.buffers import Array

WINDOWS, TAPS = "uvw", "xyz"  # letters of their axes
Meetings = Iterable[tuple[int, int, int]]  # which tap of which window meets which pixel


def seen_by_windows(x: Array, axes: Sequence[tuple[int, int, Meetings]]) -> Array:
    """Return what windows see of an input: N x D x (windows, taps) for each axis, 0 where that is
    padding. Of each of the `axes` there are so many windows and taps, and their meetings.
    """
    seen = np.pad(x, [(0, 0), (0, 0), *((0, 1) for _ in axes)])  # a last 0 for what is padding
    for axis, (windows, taps, pairs) in enumerate(axes):
        pixels = np.full((windows, taps), -1)
        for window, tap, pixel in pairs:
            pixels[window, tap] = pixel
        seen = np.take(seen, pixels, axis=2 + 2 * axis)
    return seen


def terms_of_filters(back: Array, seen: Array) -> Array:
    """Return the terms of the gradient of filters, windows x K x D x taps, each a sum over the
    batch: what comes `back` to a window times what that has `seen`.
    """
    axes = range(back.ndim - 2)
    windows, taps = WINDOWS[: len(axes)], TAPS[: len(axes)]
    both = "".join(WINDOWS[n] + TAPS[n] for n in axes)
    terms: Array = np.einsum(f"nk{windows},nd{both}->{windows}kd{taps}", back, seen)
    return terms
