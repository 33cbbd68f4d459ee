"""Convolution as one matrix product: every window becomes a row (im2col), in bands of rows.

Channels last, a window's row of F*C values is one run of memory, so a band is filled by a single
strided copy (where the run is short, each tap is a column filled in turn). Bands stay small enough
for the cache. One and two axes are three with sizes of 1 in front. There are no groups here.

Source: Chellapilla et al., "High Performance Convolutional Neural Networks for Document
Processing", 2006; Stanford CS231n, "Convolutional Networks".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide
from shapecalc.executor.kernels.windows import inner, padded_shape, tap, taps

BAND = 2**20  # values in a band: 4 MB of float32
SHORT = 16  # fewer values of a window side by side are not worth a loop of their own
AXES = 3

Band = tuple[slice, ...]  # of examples, output frames, output rows


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return columns @ weight, N x output sizes x K."""
    flat = weight.reshape(-1, weight.shape[-1])
    y = context.buffers.empty((x.shape[0], *how.sizes, weight.shape[-1]))
    image, out, how = _three_axes(x), _three_axes(y), _on_three_axes(how)
    for band in _bands(image, how):
        columns = _columns(context, image, band, how)
        context.matmul(columns, flat, out=out[band].reshape(-1, flat.shape[-1]))
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return upstream @ weight^T, added up where windows overlap (col2im)."""
    dx = context.buffers.zeros(padded_shape(shape, how.sides))
    sides = how.sides
    image, above, how = _three_axes(dx), _three_axes(upstream), _on_three_axes(how)
    back = weight.reshape(-1, weight.shape[-1]).T
    for band in _bands(image, how):
        part = above[band]
        rows = part.reshape(-1, part.shape[-1])
        columns = context.matmul(rows, back).reshape(*part.shape[:-1], *how.F, shape[-1])
        first = [slice(b.start * s, None) for b, s in zip(band[1:], how.S, strict=False)]
        reached = image[band[0]][(slice(None), *first)]
        for t in taps(how.F):
            view = tap(reached, t, part.shape[1:-1], how.S, how.dilation)
            view += columns[(slice(None),) * 4 + t]
    return dx[inner(sides)]


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return columns^T @ upstream."""
    dw = context.buffers.empty((weight.size // weight.shape[-1], weight.shape[-1]))
    image, above, how = _three_axes(x), _three_axes(upstream), _on_three_axes(how)
    for number, band in enumerate(_bands(image, how)):
        columns = _columns(context, image, band, how)
        rows = above[band].reshape(-1, dw.shape[-1])
        if number:
            dw += context.matmul(columns.T, rows)
        else:
            context.matmul(columns.T, rows, out=dw)
    return dw.reshape(weight.shape)


def _bands(image: Array, how: Slide) -> Iterator[Band]:
    """Yield whole examples while they are small, else frames of one example, else rows of one."""
    counts = (len(image), *how.sizes[:-1])
    room = BAND // (how.sizes[-1] * prod(how.F) * image.shape[-1])  # output rows in a band
    steps = []
    for inside in (counts[1] * counts[2], counts[2], 1):
        steps.append(max(1, room // inside))
        if room >= inside:
            break
    whole = counts[len(steps) :]
    for first in np.ndindex(*(-(-c // s) for c, s in zip(counts, steps, strict=False))):
        cut = [
            slice(i * s, min((i + 1) * s, c)) for i, s, c in zip(first, steps, counts, strict=False)
        ]
        yield (*cut, *(slice(0, count) for count in whole))


def _columns(context: Context, image: Array, band: Band, how: Slide) -> Array:
    """Return the windows of a band, a row each: the values of all taps, channels fastest."""
    strip = _strip(context, image, band, how)
    C = image.shape[-1]
    sizes = [len(strip), *(b.stop - b.start for b in band[1:]), how.sizes[-1]]
    pixel = _strides(strip)
    moves = [p * s for p, s in zip(pixel[1:], how.S, strict=True)]
    steps = [p * d for p, d in zip(pixel[1:], how.dilation, strict=True)]
    columns = context.buffers.empty((prod(sizes), prod(how.F) * C))
    if how.F[-1] * C < SHORT:  # a row of the image at a time, tap by tap
        shape, strides = (*how.F, C, *sizes), (*steps, strip.itemsize, pixel[0], *moves)
        columns = columns.reshape(columns.shape[::-1])
        np.copyto(columns.reshape(shape), as_strided(strip, shape, strides, writeable=False))
        return columns.T
    shape, strides = (*sizes, *how.F, C), (pixel[0], *moves, *steps, strip.itemsize)
    if how.dilation[-1] == 1:  # the taps of a row and their channels lie side by side
        shape, strides = (*shape[:-2], how.F[-1] * C), (*strides[:-2], strip.itemsize)
    np.copyto(columns.reshape(shape), as_strided(strip, shape, strides, writeable=False))
    return columns


def _strides(strip: Array) -> list[int]:
    """Return bytes from one example, frame, row and pixel to the next.

    NumPy's own strides mean nothing along an axis of length 1, and such an axis is stepped along
    within a run of taps and channels.
    """
    pixel = strip.shape[-1] * strip.itemsize
    row = strip.shape[3] * pixel
    frame = strip.strides[1] if strip.shape[1] > 1 else strip.shape[2] * row
    return [strip.strides[0] if len(strip) > 1 else 0, frame, row, pixel]


def _strip(context: Context, image: Array, band: Band, how: Slide) -> Array:
    """Return the padded frames and rows that a band's windows see; a view if none is padding."""
    cuts, sides = [band[0]], []
    for axis, rows in enumerate(band[1:]):
        size, s, d = image.shape[axis + 1], how.S[axis], how.dilation[axis]
        first = rows.start * s - how.sides[axis][0]
        stop = (rows.stop - 1) * s - how.sides[axis][0] + range(0, how.F[axis] * d, d)[-1] + 1
        inside = slice(min(max(first, 0), size), max(0, min(stop, size)))
        cuts.append(inside)
        sides.append((inside.start - first, stop - inside.stop))
    part = image[tuple(cuts)]
    sides.append(how.sides[-1])
    if not any(map(any, sides)):
        return part
    strip = context.buffers.empty(padded_shape(part.shape, sides))
    strip.fill(0)
    strip[inner(sides)] = part
    return strip


def _three_axes(x: Array) -> Array:
    x = np.ascontiguousarray(x)
    return x.reshape(len(x), *(1,) * (AXES + 2 - x.ndim), *x.shape[1:])


def _on_three_axes(how: Slide) -> Slide:
    """Return one or two axes as three, those in front with a size of 1."""
    lacking = AXES - len(how.F)
    ones = (1,) * lacking
    return Slide(
        ones + how.F,
        ones + how.S,
        ones + how.dilation,
        [(0, 0)] * lacking + list(how.sides),
        1,
        ones + how.sizes,
    )
