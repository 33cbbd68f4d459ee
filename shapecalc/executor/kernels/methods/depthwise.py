"""Depthwise convolution: every channel has a filter of its own, so nothing is summed over depth.

One einsum over the windows. With stride 1, a row's W*C values are taken as one axis, the filters
repeated W times along it: the inner loop is long then, which is several times as fast. Channels
that have several filters (a multiplier) go tap by tap. A weight is F... x 1 x C*multiplier.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods import taps as plain
from shapecalc.executor.kernels.methods.slide import Slide
from shapecalc.executor.kernels.windows import inner, padded, padded_shape, tap, taps

BAND = 2**16  # values of the upstream gradient worked on at a time
AXES = "hwt"  # letters of the output's spatial axes, and of the filter's
TAPS = "ijk"


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return the sum over taps of x_t * weight_t, N x output sizes x C."""
    if weight.shape[-1] != x.shape[-1]:
        return plain.forward(context, x, weight, how)
    y = context.buffers.empty((len(x), *how.sizes, x.shape[-1]))
    context.macs += y.size * prod(how.F)
    seen, along = _seen(context, x, how)
    axes = AXES[: len(how.F) - along]
    steps = f"n{axes}c{TAPS[: len(how.F)]}"
    filters = _filters(context, weight, how, along)
    rows = y.reshape(seen.shape[: len(axes) + 2])
    np.einsum(f"{steps},{TAPS[: len(how.F)]}c->n{axes}c", seen, filters, out=rows)
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return the gradient of x: with stride 1 a convolution with the filters turned round."""
    if weight.shape[-1] != shape[-1]:
        return plain.input_gradient(context, upstream, weight, how, shape)
    spans = [range(0, f * d, d)[-1] for f, d in zip(how.F, how.dilation, strict=True)]
    sides = [(s - a, s - b) for s, (a, b) in zip(spans, how.sides, strict=True)]
    if set(how.S) == {1} and min(map(min, sides)) >= 0:
        turned = np.flip(weight, tuple(range(len(how.F))))
        back = how._replace(sides=sides, sizes=tuple(shape[1:-1]))
        return forward(context, upstream, turned, back)
    dx = context.buffers.zeros(padded_shape(shape, how.sides))
    rows = max(1, BAND // max(1, upstream[0, 0].size))
    for first in range(0, how.sizes[0], rows):
        part = upstream[:, first : first + rows]
        given = context.buffers.empty(part.shape)
        reached = dx[:, first * how.S[0] :]
        for t in taps(how.F):
            view = tap(reached, t, part.shape[1:-1], how.S, how.dilation)
            view += np.multiply(part, weight[t], out=given)
    return dx[inner(how.sides)]


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return the sum over positions of x_t * upstream."""
    C = x.shape[-1]
    if weight.shape[-1] != C:
        return plain.weight_gradient(context, x, upstream, how, weight)
    seen, along = _seen(context, x, how)
    axes, filters = AXES[: len(how.F) - along], TAPS[: len(how.F)]
    above = np.ascontiguousarray(upstream).reshape(seen.shape[: len(axes) + 2])
    summed = np.einsum(f"n{axes}c{filters},n{axes}c->{filters}c", seen, above)
    total: Array = summed.reshape(*how.F, -1, C).sum(axis=-2, keepdims=True)
    return total


def _seen(context: Context, x: Array, how: Slide) -> tuple[Array, int]:
    """Return the view of all windows, N x output sizes x C x F..., and 1 if the last of the sizes
    is one axis with C.
    """
    x = np.ascontiguousarray(padded(context, x, how.sides))
    C, rank = x.shape[-1], len(how.F)
    moves = [prod(x.shape[axis + 1 :]) * x.itemsize for axis in range(rank + 1)]  # strides
    sizes = [len(x), *how.sizes, C]
    strides = [moves[0], *(m * s for m, s in zip(moves[1:], how.S, strict=True)), x.itemsize]
    along = int(how.S[-1] == 1)
    if along:
        sizes[-2:] = [how.sizes[-1] * C]
        strides[-2:] = [x.itemsize]
    steps = [m * d for m, d in zip(moves[1:], how.dilation, strict=True)]
    return as_strided(x, (*sizes, *how.F), (*strides, *steps), writeable=False), along


def _filters(context: Context, weight: Array, how: Slide, along: int) -> Array:
    """Return the weights as F... x C, or F... x W*C with the C repeated."""
    if not along:
        return weight.reshape(*how.F, -1)
    repeated = np.broadcast_to(weight, (*how.F, how.sizes[-1], weight.shape[-1]))
    return context.buffers.copy(repeated).reshape(*how.F, -1)
