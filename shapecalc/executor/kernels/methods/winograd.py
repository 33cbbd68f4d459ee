"""Winograd's convolutions F(4x4, 3x3) and F(4x4, 5x5): 36 (64) multiplications for 16 outputs
instead of 144 (400).

Tiles of inputs, overlapping by two (four), are transformed, multiplied with the transformed filters
and transformed back. On both axes at once a transform is one matrix product, with the Kronecker
product of the one-dimensional matrix with itself. Backward is the adjoint: all transforms turned
round, from the outputs' tiles to the inputs', which are added up where they overlap. Rounding
errors are some ten times those of im2col, so this is for float32 only, and it can be switched off.
For square filters of 3 or 5 with stride 1.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the points 0, 1,
-1, 1/2, -2 as in Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd
Convolution", 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide

OUT = 4  # outputs of a tile, along one axis
POINTS = {3: (0.0, 1.0, -1.0, 0.5, -2.0), 5: (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0)}
FEWEST = {3: 32, 5: 16}  # tiles of all examples; with fewer, transforming filters does not pay
BAND = 2**20  # values of a band's tiles, 4 MB of float32: fewer tiles make thin products


def fits(how: Slide, weight: Array, examples: int) -> bool:
    """Say whether this way can be taken, and is likely to be quicker than im2col."""
    taps = how.F[0]
    plain = (taps, taps) == how.F and set(how.S) == set(how.dilation) == {1} and how.groups == 1
    tiles = examples * prod(-(-size // OUT) for size in how.sizes)
    enough = taps in POINTS and tiles >= FEWEST[taps]
    return plain and enough and min(weight.shape[-2:]) >= 16


class Transforms(NamedTuple):
    """The matrices of both axes at once: T^2 x T^2 for inputs, T^2 x F^2 filters, 16 x T^2 outputs,
    with T = F + 3.
    """

    inputs: Array
    filters: Array
    outputs: Array


@cache
def transforms(taps: int, dtype: str) -> Transforms:
    """Return Lavin and Gray's B^T, G and A^T for POINTS and infinity, on two axes."""
    points, T = POINTS[taps], OUT + taps - 1
    inputs, filters, outputs = np.zeros((T, T)), np.zeros((T, taps)), np.zeros((OUT, T))
    for row, point in enumerate(points):
        others = [p for p in points if p != point]
        inputs[row, :-1] = np.poly(others)[::-1]  # coefficients, lowest first
        filters[row] = point ** np.arange(taps) / np.prod(np.subtract(point, others))
        outputs[:, row] = point ** np.arange(OUT)
    inputs[-1] = np.poly(points)[::-1]
    filters[-1, -1] = outputs[-1, -1] = 1  # the point at infinity
    return Transforms(*(np.kron(m, m).astype(dtype) for m in (inputs, filters, outputs)))


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return the convolution of x (N x H x W x C), N x output sizes x K."""
    by = transforms(how.F[0], x.dtype.str)
    K = weight.shape[-1]
    filters = _filters(context, weight, by)
    y = context.buffers.empty((len(x), *how.sizes, K))
    for band in _bands(len(x), how, weight):
        tiles = _inputs(context, x, band, how, by)
        products = _product(context, tiles, filters)
        _join(_transformed(context, by.outputs, products), y, band)
    return y


def gradients(
    context: Context,
    x: Array,
    upstream: Array,
    weight: Array,
    how: Slide,
    shape: tuple[int, ...] | None,
) -> tuple[Array | None, Array]:
    """Return the gradients of x, if its shape is given, and of the weight."""
    taps, by = how.F[0], transforms(how.F[0], upstream.dtype.str)
    C, K = weight.shape[-2:]
    reach = [len(range(0, size, OUT)) * OUT + taps - 1 for size in how.sizes]
    total = context.buffers.zeros((len(by.inputs), C, K))
    dx = filters = None
    if shape is not None:
        filters = _filters(context, weight, by).swapaxes(-1, -2)
        high, wide = reach
        dx = context.buffers.zeros((len(upstream), high, OUT, -(-wide // OUT), C))
    for band in _bands(len(upstream), how, weight):
        above = _outputs(context, upstream, band)
        products = _transformed(context, by.outputs.T, above).reshape(-1, band.tiles, K)
        tiles = _inputs(context, x, band, how, by)
        total += _product(context, tiles.swapaxes(-1, -2), products)
        if dx is not None and filters is not None:
            back = _product(context, products, filters)
            _add_up(_transformed(context, by.inputs.T, back), dx, band, how)
    dw = _transformed(context, by.filters.T, total).reshape(weight.shape)
    if dx is None or shape is None:
        return None, dw
    return _gathered(context, dx, how, shape), dw


class Band(NamedTuple):
    """Some examples, or some rows of tiles of one."""

    examples: slice
    rows: range  # of tiles
    columns: int  # tiles in a row

    @property
    def tiles(self) -> int:
        """Return how many tiles there are."""
        count: int = self.examples.stop - self.examples.start
        return count * len(self.rows) * self.columns


def _bands(examples: int, how: Slide, weight: Array) -> Iterator[Band]:
    high, wide = (len(range(0, size, OUT)) for size in how.sizes)
    row = wide * (OUT + how.F[0] - 1) ** 2 * max(weight.shape[-2:])
    rows = max(1, BAND // row)
    if rows >= high:
        count = rows // high
        for first in range(0, examples, count):
            yield Band(slice(first, min(first + count, examples)), range(high), wide)
        return
    for example in range(examples):
        for first in range(0, high, rows):
            yield Band(slice(example, example + 1), range(first, min(first + rows, high)), wide)


def _transformed(context: Context, matrix: Array, values: Array) -> Array:
    values = values.reshape(matrix.shape[1], -1)
    out = context.buffers.empty((len(matrix), values.shape[1]))
    return np.matmul(matrix, values, out=out)


def _filters(context: Context, weight: Array, by: Transforms) -> Array:
    return _transformed(context, by.filters, weight).reshape(-1, *weight.shape[-2:])


def _product(context: Context, a: Array, b: Array) -> Array:
    out = context.buffers.empty((len(a), a.shape[1], b.shape[2]))
    return np.matmul(a, b, out=out)


def _inputs(context: Context, x: Array, band: Band, how: Slide, by: Transforms) -> Array:
    """Return the transformed input tiles of a band, T^2 x tiles x C."""
    C, T = x.shape[-1], OUT + how.F[0] - 1
    (above, _), (left, _) = how.sides
    first, count, N = band.rows.start * OUT - above, len(band.rows), band.examples
    high, wide = count * OUT + T - OUT, band.columns * OUT + T - OUT
    strip = context.buffers.empty((N.stop - N.start, high, wide, C))
    rows = _overlap(first, high, x.shape[1])
    columns = _overlap(-left, wide, x.shape[2])
    _clear_around(strip, rows, columns, first, -left)
    place = (
        slice(None),
        slice(rows.start - first, rows.stop - first),
        slice(columns.start + left, columns.stop + left),
    )
    strip[place] = x[N, rows, columns]
    example, row, pixel, value = strip.strides
    shape = (T, T, len(strip), count, band.columns, C)
    strides = (row, pixel, example, OUT * row, OUT * pixel, value)
    tiles = context.buffers.empty(shape)
    np.copyto(tiles, as_strided(strip, shape, strides, writeable=False))
    return _transformed(context, by.inputs, tiles).reshape(T * T, -1, C)


def _overlap(first: int, count: int, size: int) -> slice:
    """Return the part of 0..size that lies in first..first + count."""
    return slice(min(max(first, 0), size), max(0, min(first + count, size)))


def _clear_around(strip: Array, rows: slice, columns: slice, top: int, left: int) -> None:
    """Set to 0 what lies around the rows and columns that are copied in."""
    strip[:, : rows.start - top] = 0
    strip[:, rows.stop - top :] = 0
    strip[:, :, : columns.start - left] = 0
    strip[:, :, columns.stop - left :] = 0


def _join(tiles: Array, y: Array, band: Band) -> None:
    """Write output tiles (16 x tiles of a band) to where they belong in y."""
    count = len(band.rows)
    tiles = tiles.reshape(OUT, OUT, -1, count, band.columns, y.shape[-1])
    first = band.rows.start * OUT
    for i in range(OUT):
        rows = y[band.examples, first + i : first + count * OUT : OUT]
        for j in range(OUT):
            target = rows[:, :, j::OUT]
            target[...] = tiles[i, j, :, : target.shape[1], : target.shape[2]]


def _outputs(context: Context, upstream: Array, band: Band) -> Array:
    """Return the upstream gradient of a band as tiles, 16 x tiles x K, zeros beyond the edge."""
    K = upstream.shape[-1]
    count = len(band.rows)
    tiles = context.buffers.empty(
        (OUT, OUT, band.tiles // (count * band.columns), count, band.columns, K)
    )
    first = band.rows.start * OUT
    for i in range(OUT):
        rows = upstream[band.examples, first + i : first + count * OUT : OUT]
        for j in range(OUT):
            given = rows[:, :, j::OUT]
            tile = tiles[i, j]
            tile[:, : given.shape[1], : given.shape[2]] = given
            tile[:, given.shape[1] :] = 0
            tile[:, :, given.shape[2] :] = 0
    return tiles.reshape(OUT * OUT, -1, K)


def _add_up(tiles: Array, dx: Array, band: Band, how: Slide) -> None:
    """Add input tiles (T^2 x tiles of a band) to where they belong in the padded dx.

    Its columns are dealt out, column c being number c // OUT of pile c % OUT: what tiles next to
    each other add to lies side by side, and is added in one loop. One for the channels of a single
    pixel takes as long to start as adding a hundred values.
    """
    T, count = OUT + how.F[0] - 1, len(band.rows)
    tiles = tiles.reshape(T, T, -1, count, band.columns, dx.shape[-1])
    first = band.rows.start * OUT
    for i in range(T):
        rows = dx[band.examples, first + i : first + i + (count - 1) * OUT + 1 : OUT]
        for j in range(T):
            target = rows[:, :, j % OUT, j // OUT : j // OUT + band.columns]
            target += tiles[i, j]


def _gathered(context: Context, dealt: Array, how: Slide, shape: tuple[int, ...]) -> Array:
    """Return dx without padding, its columns in their order again."""
    dx = context.buffers.empty(shape)
    (above, _), (left, _) = how.sides
    rows = dealt[:, above : above + shape[1]]
    for first in range(min(OUT, shape[2])):
        columns = dx[:, :, first::OUT]
        start = (left + first) // OUT
        columns[...] = rows[:, :, (left + first) % OUT, start : start + columns.shape[2]]
    return dx
