"""Windows over a padded array. How many there are is what the array gives, no formula.

The views of `windows` are those of NumPy's sliding_window_view: every start at which a window fits
into the padded array, of which every S-th is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context

Sizes = tuple[int, ...]
Sides = list[tuple[int, int]]  # zeros before and after, for each spatial axis


def per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    """Return a field's value for each of `rank` spatial axes."""
    return value if isinstance(value, tuple) else (value,) * rank


def spans_of(F: Sizes, dilation: Sizes) -> Sizes:
    """Return how many pixels a dilated filter reaches over, on each axis."""
    return tuple(range(0, f * d, d)[-1] + 1 for f, d in zip(F, dilation, strict=True))


def sides_of(P: Any, spatial: Sizes, spans: Sizes, S: Sizes) -> Sides:
    """Return the padding that P stands for: numbers, pairs, or a policy by name.

    `same` has a window start at every S-th pixel, the odd zero at the end (TensorFlow);
    `same_lower` the same with the odd zero first (ONNX); `full` every overlap of a single pixel;
    `causal` has a window end at every S-th pixel (Keras).
    """
    sides = []
    for pad, W, span, s in zip(per_axis(P, len(spatial)), spatial, spans, S, strict=True):
        if pad in ("same", "same_lower"):
            last = range(0, W, s)[-1]
            lacking = max(last + span - W, 0)
            less, more = lacking // 2, lacking - lacking // 2
            sides.append((less, more) if pad == "same" else (more, less))
        elif pad == "causal":
            sides.append((span - 1, 0))
        elif pad == "full":
            sides.append((span - 1, span - 1))
        elif pad == "valid":
            sides.append((0, 0))
        else:
            sides.append(pad if isinstance(pad, tuple) else (pad, pad))
    return sides


def padded_shape(shape: Sequence[int], sides: Sides) -> tuple[int, ...]:
    """Return the shape of a padded array (N x spatial x D)."""
    spatial = [W + before + after for W, (before, after) in zip(shape[1:-1], sides, strict=True)]
    return (shape[0], *spatial, shape[-1])


def padded(context: Context, x: Array, sides: Sides, value: float = 0.0) -> Array:
    """Return x (N x spatial x D) with a border of `value`; x itself where there is none."""
    if not any(map(any, sides)):
        return x
    out = context.buffers.empty(padded_shape(x.shape, sides))
    for axis, (before, after) in enumerate(sides, start=1):
        margin = [slice(None)] * out.ndim
        margin[axis] = slice(0, before)
        out[tuple(margin)] = value
        margin[axis] = slice(out.shape[axis] - after, None)
        out[tuple(margin)] = value
    out[inner(sides)] = x
    return out


FILLED = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}  # NumPy's words


def bordered(context: Context, x: Array, sides: Sides, mode: str) -> Array:
    """Return x (N x spatial x D) with a border of its own values."""
    for axis, side in enumerate(sides, start=1):
        if any(side):
            x = np.take(x, _places(x.shape[axis], side, mode), axis=axis)
    return x


def unbordered(context: Context, upstream: Array, sides: Sides, mode: str) -> Array:
    """Return the gradient before `bordered`: each value gets that of all its copies."""
    for axis, (before, after) in reversed([*enumerate(sides, start=1)]):
        if not before and not after:
            continue
        along = np.moveaxis(upstream, axis, 0)
        W = len(along) - before - after
        places = _places(W, (before, after), mode)
        gradient = context.buffers.copy(along[before : before + W])
        for at in (*range(before), *range(before + W, len(along))):
            gradient[places[at]] += along[at]
        upstream = np.moveaxis(gradient, 0, axis)
    return upstream


def _places(W: int, side: tuple[int, int], mode: str) -> Array:
    """Return which of W values stands at each place of an axis with its border."""
    return np.pad(np.arange(W), side, mode=FILLED[mode])  # type: ignore[call-overload, no-any-return]


def inner(sides: Sides) -> tuple[slice, ...]:
    """Return where in the padded array the unpadded one lies."""
    return (slice(None), *[slice(before, -after or None) for before, after in sides])


def windows(x: Array, F: Sizes, S: Sizes, dilation: Sizes) -> Array:
    """Return the view N x output sizes x D x F... of every window of x (N x spatial x D)."""
    rank = len(F)
    view = sliding_window_view(x, spans_of(F, dilation), axis=tuple(range(1, rank + 1)))
    starts = tuple(slice(None, None, s) for s in S)
    taps = tuple(slice(None, None, d) for d in dilation)
    return view[(slice(None), *starts, slice(None), *taps)]


def taps(F: Sizes) -> Iterator[Sizes]:
    """Yield the index of every tap of a filter, the last axis fastest."""
    return product(*map(range, F))


def tap(x: Array, at: Sizes, out: Sequence[int], S: Sizes, dilation: Sizes) -> Array:
    """Return the view of x (N x spatial x D) that one tap of all windows sees; writable.

    `out` is how many windows there are on each axis.
    """
    cut: list[slice] = [slice(None)]
    for t, o, s, d in zip(at, out, S, dilation, strict=True):
        cut.append(slice(t * d, t * d + (o - 1) * s + 1, s))
    return x[tuple(cut)]


def window_counts(view: Array) -> Sizes:
    """Return how many windows a view from `windows` has on each axis."""
    return np.shape(view)[1 : 1 + (view.ndim - 2) // 2]
