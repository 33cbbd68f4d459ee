"""Winograd's convolution F(4x4, 3x3): 36 multiplications for 16 outputs instead of 144.

Tiles of 6x6 inputs, overlapping by two, are transformed, multiplied with the transformed filters
and transformed back. On both axes at once a transform is one matrix product, with the Kronecker
product of the one-dimensional matrix with itself. Rounding errors are some ten times those of
im2col, so this is for float32 only, and it can be switched off. For 3x3 filters with stride 1.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the points 0, 1,
-1, 1/2, -2 as in Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd
Convolution", 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide

OUT, TILE, TAPS = 4, 6, 3  # outputs, inputs and filter taps of a tile, along one axis
POINTS = (0.0, 1.0, -1.0, 0.5, -2.0)
BAND = 2**20  # values of a band's tiles, 4 MB of float32: fewer tiles make thin products
SMALLEST = 28  # smaller maps have too few tiles to be quicker than im2col


def fits(how: Slide, weight: Array) -> bool:
    """Say whether this way can be taken, and is likely to be quicker."""
    plain = how.F == (TAPS, TAPS) and set(how.S) == set(how.dilation) == {1} and how.groups == 1
    return plain and min(how.sizes) >= SMALLEST and min(weight.shape[-2:]) >= 16


class Transforms(NamedTuple):
    """The matrices of both axes at once: 36 x 36 for inputs, 36 x 9 filters, 16 x 36 outputs."""

    inputs: Array
    filters: Array
    outputs: Array


@cache
def transforms(dtype: str) -> Transforms:
    """Return Lavin and Gray's B^T, G and A^T for POINTS and infinity, on two axes."""
    inputs, filters, outputs = np.zeros((TILE, TILE)), np.zeros((TILE, TAPS)), np.zeros((OUT, TILE))
    for row, point in enumerate(POINTS):
        others = [p for p in POINTS if p != point]
        inputs[row, :-1] = np.poly(others)[::-1]  # coefficients, lowest first
        filters[row] = point ** np.arange(TAPS) / np.prod(np.subtract(point, others))
        outputs[:, row] = point ** np.arange(OUT)
    inputs[-1] = np.poly(POINTS)[::-1]
    filters[-1, -1] = outputs[-1, -1] = 1  # the point at infinity
    return Transforms(*(np.kron(m, m).astype(dtype) for m in (inputs, filters, outputs)))


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return the convolution of x (N x H x W x C), N x output sizes x K."""
    by = transforms(x.dtype.str)
    C, K = weight.shape[-2:]
    filters = _transformed(context, by.filters, weight.reshape(9, -1)).reshape(-1, C, K)
    y = context.buffers.empty((len(x), *how.sizes, K))
    for band in _bands(len(x), how, C):
        tiles = _inputs(context, x, band, how, by)
        products = context.buffers.empty((len(filters), tiles.shape[1], K))
        np.matmul(tiles, filters, out=products)
        spread = _transformed(context, by.outputs, products.reshape(len(filters), -1))
        _join(spread, y, band)
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return the convolution of the upstream gradient with the filters turned round."""
    turned = context.buffers.copy(weight[::-1, ::-1].swapaxes(-1, -2))
    sides = [(TAPS - 1 - before, TAPS - 1 - after) for before, after in how.sides]
    return forward(context, upstream, turned, how._replace(sides=sides, sizes=shape[1:-1]))


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return the gradient of the weight: all transforms turned round."""
    by = transforms(x.dtype.str)
    C, K = weight.shape[-2:]
    total = context.buffers.zeros((TILE * TILE, C, K))
    part = context.buffers.empty(total.shape)
    for band in _bands(len(x), how, max(C, K)):
        tiles = _inputs(context, x, band, how, by)
        above = _outputs(context, upstream, band)
        products = _transformed(context, by.outputs.T, above.reshape(len(above), -1))
        products = products.reshape(TILE * TILE, -1, K)
        total += np.matmul(tiles.transpose(0, 2, 1), products, out=part)
    back = _transformed(context, by.filters.T, total.reshape(len(total), -1))
    return back.reshape(weight.shape)


class Band(NamedTuple):
    """Some rows of tiles of one example."""

    example: int
    rows: range  # of tiles
    columns: int  # tiles in a row


def _bands(examples: int, how: Slide, channels: int) -> Iterator[Band]:
    high, wide = (len(range(0, size, OUT)) for size in how.sizes)
    rows = max(1, BAND // (wide * TILE * TILE * channels))
    for example in range(examples):
        for first in range(0, high, rows):
            yield Band(example, range(first, min(first + rows, high)), wide)


def _transformed(context: Context, matrix: Array, values: Array) -> Array:
    out = context.buffers.empty((len(matrix), values.shape[1]))
    return np.matmul(matrix, values, out=out)


def _inputs(context: Context, x: Array, band: Band, how: Slide, by: Transforms) -> Array:
    """Return the transformed input tiles of a band, 36 x tiles x C."""
    C = x.shape[-1]
    (above, _), (left, _) = how.sides
    first, count = band.rows.start * OUT - above, len(band.rows)
    high, wide = count * OUT + TILE - OUT, band.columns * OUT + TILE - OUT
    strip = context.buffers.empty((high, wide, C))
    rows = _overlap(first, high, x.shape[1])
    columns = _overlap(-left, wide, x.shape[2])
    _clear_around(strip, rows, columns, first, -left)
    place = (
        slice(rows.start - first, rows.stop - first),
        slice(columns.start + left, columns.stop + left),
    )
    strip[place] = x[band.example, rows, columns]
    row, pixel, value = strip.strides
    shape = (TILE, TILE, count, band.columns, C)
    strides = (row, pixel, OUT * row, OUT * pixel, value)
    tiles = context.buffers.empty(shape)
    np.copyto(tiles, as_strided(strip, shape, strides, writeable=False))
    return _transformed(context, by.inputs, tiles.reshape(TILE * TILE, -1)).reshape(
        TILE * TILE, -1, C
    )


def _overlap(first: int, count: int, size: int) -> slice:
    """Return the part of 0..size that lies in first..first + count."""
    return slice(min(max(first, 0), size), max(0, min(first + count, size)))


def _clear_around(strip: Array, rows: slice, columns: slice, top: int, left: int) -> None:
    """Set to 0 what lies around the rows and columns that are copied in."""
    strip[: rows.start - top] = 0
    strip[rows.stop - top :] = 0
    strip[:, : columns.start - left] = 0
    strip[:, columns.stop - left :] = 0


def _join(tiles: Array, y: Array, band: Band) -> None:
    """Write output tiles (16 x tiles of a band) to where they belong in y."""
    K = y.shape[-1]
    count = len(band.rows)
    tiles = tiles.reshape(OUT, OUT, count, band.columns, K)
    first = band.rows.start * OUT
    for i in range(OUT):
        rows = y[band.example, first + i : first + count * OUT : OUT]
        for j in range(OUT):
            target = rows[:, j::OUT]
            target[...] = tiles[i, j, : len(target), : target.shape[1]]


def _outputs(context: Context, upstream: Array, band: Band) -> Array:
    """Return the upstream gradient of a band as tiles, 16 x tiles x K, zeros beyond the edge."""
    K = upstream.shape[-1]
    count = len(band.rows)
    tiles = context.buffers.empty((OUT, OUT, count, band.columns, K))
    first = band.rows.start * OUT
    for i in range(OUT):
        rows = upstream[band.example, first + i : first + count * OUT : OUT]
        for j in range(OUT):
            given = rows[:, j::OUT]
            tile = tiles[i, j]
            tile[: len(given), : given.shape[1]] = given
            tile[len(given) :] = 0
            tile[:, given.shape[1] :] = 0
    return tiles.reshape(OUT * OUT, -1, K)
