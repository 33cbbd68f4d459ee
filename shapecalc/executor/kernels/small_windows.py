"""Max pooling by small windows: every tap of a band of output rows, while it is in the cache.

F*F passes over the cache are quicker than one axis after the other (pool_axis.py), which goes to
the memory and back in between; with large windows it is the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import inf, prod
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.elementwise import let_through
from shapecalc.executor.kernels.pool_axis import Axis, Step, contiguous, move, small_numbers

BAND = 2**18  # bytes of output
FEW = 9  # taps


class Tap(NamedTuple):
    """One tap of the windows in a band, numbered in row-major order, and the pixels they see."""

    number: int
    windows: tuple[slice, ...]
    pixels: tuple[slice, ...]
    opens: bool  # no tap before this one has touched any of the windows
    lands: bool  # nor any of the pixels


def few_taps(axes: Sequence[Axis]) -> bool:
    """Say whether windows slide (each tap is one step) and are so small that this is quicker."""
    sliding = all(len(axis.steps) <= axis.taps for axis in axes)
    return sliding and prod(axis.taps for axis in axes) <= FEW


def max_forward(context: Context, x: Array, axes: Sequence[Axis]) -> tuple[Array, Array]:
    """Return the largest value of each window of x, and the tap that it is from."""
    x = contiguous(context, x)
    out = context.buffers.empty((len(x), *[len(axis.firsts) for axis in axes], x.shape[-1]))
    winners = small_numbers(context, out.shape, FEW)
    band = _band_shape(out)
    scratch = context.buffers.empty(band)
    better, numbers = np.empty(band, np.bool_), np.empty(band, np.uint8)
    for examples, rows in _bands(out):
        best, won = out[examples, rows], winners[examples, rows]
        if any(axis.unopened for axis in axes):
            best.fill(-inf)
            won[...] = _first_taps(axes)[rows]
        for tap in _taps(axes, rows):
            place = (slice(len(best)), *tap.windows)
            seen, so_far = x[(examples, *tap.pixels)], best[place]
            if tap.opens:
                move(seen, so_far)
                won[place] = tap.number
                continue
            move(seen, scratch[place])
            np.greater(scratch[place], so_far, out=better[place])
            np.maximum(so_far, scratch[place], out=so_far)
            # Later taps are larger numbers: no mask is needed to note the last that was better.
            np.multiply(better[place].view(np.uint8), np.uint8(tap.number), out=numbers[place])
            np.maximum(won[place], numbers[place], out=won[place])
    return out, winners


def max_backward(context: Context, upstream: Array, axes: Sequence[Axis], winners: Array) -> Array:
    """Return the gradient before `max_forward`: the upstream goes to the pixels that have won."""
    upstream = contiguous(context, upstream)
    sizes = [axis.size for axis in axes]
    gradient = context.buffers.empty((len(upstream), *sizes, upstream.shape[-1]))
    for at, axis in enumerate(axes, start=1):
        if axis.unlanded:
            gradient[(slice(None),) * at + (axis.unlanded,)] = 0
    band = _band_shape(upstream)
    scratch, mine = context.buffers.empty(band), np.empty(band, np.bool_)
    # The last band first: of a pixel that two bands see, the later one's windows have the earlier
    # tap, which is the one that lands on it.
    for examples, rows in reversed([*_bands(upstream)]):
        up, won = upstream[examples, rows], winners[examples, rows]
        for tap in _taps(axes, rows):
            place = (slice(len(up)), *tap.windows)
            pixels = gradient[(examples, *tap.pixels)]
            np.equal(won[place], tap.number, out=mine[place])
            if tap.lands:
                let_through(up[place], mine[place], pixels)
            else:
                let_through(up[place], mine[place], scratch[place])
                np.add(pixels, scratch[place], out=pixels)
    return gradient


def _taps(axes: Sequence[Axis], rows: slice) -> Iterator[Tap]:
    """Yield the taps of the windows in some rows, row by row."""
    first = [cut for step in axes[0].steps if (cut := _within(step, rows))]
    for steps in product(first, *[axis.steps for axis in axes[1:]]):
        number = 0
        for step, axis in zip(steps, axes, strict=True):
            number = number * axis.taps + step.tap
        yield Tap(
            number,
            tuple(step.windows for step in steps),
            tuple(step.pixels for step in steps),
            all(step.opens for step in steps),
            all(step.lands for step in steps),
        )


def _within(step: Step, rows: slice) -> Step | None:
    """Return the part of a step for the windows in some rows, counted from the first row."""
    start = max(step.windows.start, rows.start)
    stop = min(step.windows.stop, rows.stop)
    if start >= stop:
        return None
    pixels = range(step.pixels.start, step.pixels.stop, step.pixels.step or 1)
    seen = pixels[start - step.windows.start : stop - step.windows.start]
    return step._replace(
        windows=slice(start - rows.start, stop - rows.start),
        pixels=slice(seen.start, seen.stop, seen.step),
    )


def _first_taps(axes: Sequence[Axis]) -> Array:
    """Return the first tap of each window that is inside the image."""
    numbers = np.zeros((), np.uint8)
    for axis in axes:
        numbers = np.add.outer(numbers * np.uint8(axis.taps), np.array(axis.firsts, np.uint8))
    return numbers[..., None]


def _band_shape(out: Array) -> tuple[int, ...]:
    """Return how many examples and rows fit into a band: several examples if they are small."""
    row = out[0, :1].nbytes
    rows = min(max(BAND // row, 1), out.shape[1])
    examples = min(max(BAND // (row * out.shape[1]), 1), len(out))
    return examples, rows, *out.shape[2:]


def _bands(out: Array) -> Iterator[tuple[slice, slice]]:
    """Yield the bands of the output, as examples and rows."""
    examples, rows, *_ = _band_shape(out)
    for start in range(0, len(out), examples):
        for row in range(0, out.shape[1], rows):
            yield (
                slice(start, min(start + examples, len(out))),
                slice(row, min(row + rows, out.shape[1])),
            )
