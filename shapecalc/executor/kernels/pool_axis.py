"""Pooling along one axis. A window of several axes is pooled one axis after the other.

F + F passes do what F*F would, the last axis first: the first maximum in row-major order is the
first one along the last axis in the first row that has it. Where windows lie on an axis is worked
out once (`sliding`, `binned`), as steps: the pixels that one tap of several windows sees. Padding
is never written down: taps that fall into it have no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf, prod
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.elementwise import let_through

BAND = 2**19  # bytes of a block: several passes over it stay in the cache
SHORT = 256  # values: strided loops over fewer than that are slow


class Step(NamedTuple):
    """Pixels that one tap of some windows sees, both as slices of the axis."""

    tap: int
    windows: slice
    pixels: slice
    opens: bool  # no earlier step has touched any of the windows
    lands: bool  # no earlier step has touched any of the pixels


class Axis(NamedTuple):
    """The windows on one axis of an image, and what each of them covers."""

    size: int
    steps: Sequence[Step]
    covered: Sequence[int]  # how far each window reaches over the padded image
    inside: Sequence[int]  # how far over the image itself
    firsts: Sequence[int]  # the first tap of each window that is inside the image
    unopened: Sequence[int]  # windows that no step opens
    unlanded: Sequence[int]  # pixels on which no step lands first
    starts: Sequence[int]  # the pixel of each window's first tap; negative in the padding
    dilation: int  # pixels from tap to tap

    @property
    def has_empty_window(self) -> bool:
        """Say whether some window has no tap on a pixel."""
        seen = np.zeros(len(self.covered), np.bool_)
        for step in self.steps:
            seen[step.windows] = True
        return not seen.all()

    @property
    def taps(self) -> int:
        """Return how many taps the widest window has."""
        return 1 + max((step.tap for step in self.steps), default=0)


@lru_cache(maxsize=256)
def sliding(
    size: int,
    F: int,
    S: int,
    sides: tuple[int, int] = (0, 0),
    dilation: int = 1,
    ceil: bool = False,
) -> Axis:
    """Return the windows of F taps at every S-th start at which one fits over the padded image.

    With `ceil` a window may run over the far end by up to S - 1, if it does not start past the
    image (PyTorch). What it sees there does not count as covered. F may be any number, as far as
    the padding allows: taps that fall on no pixel cost nothing.
    """
    before, after = sides
    span = range(0, F * dilation, dilation)[-1] + 1
    end = size + after + (S - 1 if ceil else 0)
    starts = range(-before, min(end - span + 1, size) if ceil else end - span + 1, S)
    seen = [_taps_inside(start, size, F, dilation) for start in starts]
    steps = []
    for tap in _all_of(seen):
        pixels = range(starts.start + tap * dilation, starts.stop + tap * dilation, S)
        first = len(range(pixels.start, min(0, pixels.stop), S))
        last = len(range(pixels.start, min(size, pixels.stop), S)) - 1
        steps.append((tap, slice(first, last + 1), slice(pixels[first], pixels[last] + 1, S)))
    covered = [min(start + span, size + after) - start for start in starts]
    inside = [max(min(start + span, size) - max(start, 0), 0) for start in starts]
    firsts = [taps.start if taps else 0 for taps in seen]
    return _axis(size, steps, covered, inside, firsts, starts, dilation)


def _taps_inside(start: int, size: int, F: int, dilation: int) -> range:
    """Return the taps of a window that fall on a pixel."""
    before, until = range(start, 0, dilation), range(start, size, dilation)
    return range(len(before[:F]), len(until[:F]))


def _all_of(seen: Sequence[range]) -> Iterator[int]:
    """Yield every tap that falls on a pixel in some window, in order.

    The further a window starts, the earlier are its first and its last such tap.
    """
    done = 0
    for taps in reversed(seen):
        yield from range(max(done, taps.start), taps.stop)
        done = max(done, taps.stop)


@lru_cache(maxsize=256)
def binned(size: int, bins: int) -> Axis:
    """Return the bins of an adaptive pool: j covers floor(j*W/o) up to ceil((j + 1)*W/o)."""
    if size % bins == 0:
        return sliding(size, size // bins, size // bins)
    edges = [(j * size // bins, -(-(j + 1) * size // bins)) for j in range(bins)]
    widths = [end - start for start, end in edges]
    steps = [
        (tap, slice(j, j + 1), slice(start + tap, start + tap + 1))
        for tap in range(max(widths))
        for j, (start, end) in enumerate(edges)
        if start + tap < end
    ]
    return _axis(size, steps, widths, widths, [0] * bins, [start for start, _ in edges], 1)


def _axis(
    size: int,
    steps: Sequence[tuple[int, slice, slice]],
    covered: Sequence[int],
    inside: Sequence[int],
    firsts: Sequence[int],
    starts: Sequence[int],
    dilation: int,
) -> Axis:
    opens, unopened = _first_touches([windows for _, windows, _ in steps], len(covered))
    lands, unlanded = _first_touches([pixels for _, _, pixels in steps], size)
    new = [Step(*step, *flags) for step, *flags in zip(steps, opens, lands, strict=True)]
    return Axis(size, new, covered, inside, firsts, unopened, unlanded, starts, dilation)


def _first_touches(touched: Sequence[slice], size: int) -> tuple[list[bool], list[int]]:
    """Say which slices are all new when their turn comes, and which places are in none of these."""
    seen, new = np.zeros((2, size), np.bool_)
    flags = []
    for places in touched:
        flags.append(not seen[places].any())
        seen[places] = True
        new[places] |= flags[-1]
    return flags, [int(place) for place in np.flatnonzero(~new)]


def max_along(context: Context, x: Array, at: int, axis: Axis) -> tuple[Array, Array]:
    """Return the largest value of each window along one axis of x, and the tap that it is from."""
    flat = flattened(context, x, at)
    shape = (flat.shape[0], len(axis.covered), flat.shape[2])
    out = context.buffers.empty(shape)
    winners = small_numbers(context, shape, axis.taps)
    for window in axis.unopened:
        out[:, window] = -inf
        winners[:, window] = axis.firsts[window]
    scratch = context.buffers.empty(_largest(flat, shape[1]))
    better = np.empty(scratch.shape, np.bool_)
    taps = np.empty(scratch.shape, winners.dtype)
    for outer, inner in blocks(flat):
        image, best, won = flat[outer, :, inner], out[outer, :, inner], winners[outer, :, inner]
        here = (slice(len(best)), slice(None), slice(best.shape[2]))
        _max_block(axis, image, best, won, scratch[here], better[here], taps[here])
    return out.reshape(*x.shape[:at], shape[1], *x.shape[at + 1 :]), winners


def _max_block(
    axis: Axis, image: Array, best: Array, won: Array, scratch: Array, better: Array, taps: Array
) -> None:
    for step in axis.steps:
        seen, place = image[:, step.pixels], (slice(None), step.windows)
        if step.opens:
            move(seen, best[place])
            won[place] = step.tap
            continue
        if step.pixels.step not in (None, 1) and image.shape[2] < SHORT:
            move(seen, scratch[place])
            seen = scratch[place]
        np.greater(seen, best[place], out=better[place])
        np.maximum(best[place], seen, out=best[place])
        # Later taps are larger numbers: no mask is needed to note the last one that was better.
        np.multiply(better[place].view(np.uint8), won.dtype.type(step.tap), out=taps[place])
        np.maximum(won[place], taps[place], out=won[place])


def largest_at(context: Context, x: Array, axes: Sequence[Axis]) -> Array:
    """Return where each window of x has its largest value, the first one of several.

    Positions of an image are numbered in row-major order; a window without a pixel has none, and
    the number behind the last.
    """
    spatial = x.shape[1:-1]
    none = prod(spatial)
    found: Array | None = None
    for at, axis in reversed([*enumerate(axes, start=1)]):
        x, won = max_along(context, x, at, axis)
        shape = [-1 if k == at else 1 for k in range(x.ndim)]
        pixels = won.reshape(x.shape).astype(np.intp)
        pixels *= axis.dilation
        pixels += np.array(axis.starts, np.intp).reshape(shape)
        inside = (pixels >= 0) & (pixels < axis.size)
        pixels[~inside] = 0
        if found is None:
            found = pixels
        else:
            rest = np.take_along_axis(found, pixels, axis=at)
            inside &= rest < none
            found = pixels * prod(spatial[at:]) + rest
        found[~inside] = none
    assert found is not None, "a pool has an axis"
    return found


def max_back(context: Context, upstream: Array, at: int, axis: Axis, winners: Array) -> Array:
    """Return the gradient before `max_along`: the upstream goes to the pixels that have won."""
    flat = flattened(context, upstream, at)
    gradient = context.buffers.empty((flat.shape[0], axis.size, flat.shape[2]))
    if axis.unlanded:
        gradient[:, axis.unlanded] = 0
    scratch = context.buffers.empty(_largest(gradient, flat.shape[1]))
    mine = np.empty(scratch.shape, np.bool_)
    for outer, inner in blocks(gradient):
        image, up, won = gradient[outer, :, inner], flat[outer, :, inner], winners[outer, :, inner]
        for step in axis.steps:
            place = (slice(len(up)), step.windows, slice(up.shape[2]))
            pixels = image[:, step.pixels]
            np.equal(won[:, step.windows], step.tap, out=mine[place])
            if step.lands:
                let_through(up[:, step.windows], mine[place], pixels)
            else:
                let_through(up[:, step.windows], mine[place], scratch[place])
                np.add(pixels, scratch[place], out=pixels)
    return gradient.reshape(*upstream.shape[:at], axis.size, *upstream.shape[at + 1 :])


def sum_along(context: Context, x: Array, at: int, axis: Axis) -> Array:
    """Return the sum of each window along one axis of x."""
    flat = flattened(context, x, at)
    out = context.buffers.empty((flat.shape[0], len(axis.covered), flat.shape[2]))
    for window in axis.unopened:
        out[:, window] = 0
    for outer, inner in blocks(flat):
        image, sums = flat[outer, :, inner], out[outer, :, inner]
        for step in axis.steps:
            _gather(image[:, step.pixels], sums[:, step.windows], step.opens)
    return out.reshape(*x.shape[:at], len(axis.covered), *x.shape[at + 1 :])


def sum_back(context: Context, upstream: Array, at: int, axis: Axis) -> Array:
    """Return the gradient before `sum_along`: every pixel gets that of all windows that see it."""
    flat = flattened(context, upstream, at)
    gradient = context.buffers.empty((flat.shape[0], axis.size, flat.shape[2]))
    if axis.unlanded:
        gradient[:, axis.unlanded] = 0
    for outer, inner in blocks(gradient):
        image, up = gradient[outer, :, inner], flat[outer, :, inner]
        for step in axis.steps:
            _gather(up[:, step.windows], image[:, step.pixels], step.lands)
    return gradient.reshape(*upstream.shape[:at], axis.size, *upstream.shape[at + 1 :])


def _gather(values: Array, into: Array, first: bool) -> None:
    if first:
        move(values, into)
    else:
        np.add(into, values, out=into)


def move(values: Array, into: Array) -> None:
    """Copy rows as items without a type: a third quicker where the rows are short and apart."""
    row = np.dtype((np.void, values.shape[-1] * values.itemsize))
    np.copyto(into.view(row), values.view(row))


def contiguous(context: Context, x: Array) -> Array:
    """Return x with its values in order."""
    return x if x.flags.c_contiguous else context.buffers.copy(x)


def flattened(context: Context, x: Array, at: int) -> Array:
    """Return x as (axes before) x axis x (axes after), its values in order."""
    shape = prod(x.shape[:at]), x.shape[at], prod(x.shape[at + 1 :])
    return contiguous(context, x).reshape(shape)


def small_numbers(context: Context, shape: Sequence[int], below: int) -> Array:
    """Return an array for whole numbers below a limit, in memory that lives on."""
    dtype = np.min_scalar_type(below - 1)
    size = prod(shape) * dtype.itemsize
    memory = context.buffers.empty((-(-size // context.buffers.dtype.itemsize),))
    return memory.view(np.uint8)[:size].view(dtype).reshape(shape)


def _steps_of(flat: Array) -> tuple[int, int]:
    """Return how many rows before and values after the axis a block has."""
    outer, length, inner = flat.shape
    values = BAND // (length * flat.itemsize)
    columns = min(inner, max(values, SHORT))
    return min(outer, max(values // columns, 1)), columns


def _largest(flat: Array, length: int) -> tuple[int, int, int]:
    outer, inner = _steps_of(flat)
    return outer, length, inner


def blocks(flat: Array) -> Iterator[tuple[slice, slice]]:
    """Yield the blocks of an array outer x length x inner; none of them cuts the axis itself."""
    outer, inner = _steps_of(flat)
    for row in range(0, flat.shape[0], outer):
        for column in range(0, flat.shape[2], inner):
            yield slice(row, row + outer), slice(column, column + inner)
