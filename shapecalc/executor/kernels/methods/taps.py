"""The plain way to convolve: tap by tap, each a matrix product with a shifted view of the input.

It knows any number of axes, groups and dilation, and is what the faster ways are checked against.
A weight is F... x C/groups x K, x is N x spatial x C.
"""

from __future__ import annotations

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide
from shapecalc.executor.kernels.windows import inner, padded, padded_shape, tap, taps


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return the sum over the taps t of x_t @ weight_t, N x output sizes x K."""
    x = padded(context, x, how.sides)
    y = context.buffers.zeros((x.shape[0], *how.sizes, weight.shape[-1]))
    rows = y.reshape(-1, how.groups, weight.shape[-1] // how.groups)
    for t in taps(how.F):
        seen = split(tap(x, t, how.sizes, how.S, how.dilation), how.groups)
        rows += context.matmul(seen, _weights(weight[t], how.groups)).transpose(1, 0, 2)
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return the gradient of x of a shape: each tap gives upstream @ weight_t^T back."""
    dx = context.buffers.zeros(padded_shape(shape, how.sides))
    above = split(upstream, how.groups)
    for t in taps(how.F):
        given = context.matmul(above, _weights(weight[t], how.groups).transpose(0, 2, 1))
        view = tap(dx, t, how.sizes, how.S, how.dilation)
        view += given.transpose(1, 0, 2).reshape(view.shape)
    return dx[inner(how.sides)]


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return the gradient of the weight: x_t^T @ upstream for each tap."""
    x = padded(context, x, how.sides)
    dw = context.buffers.empty(weight.shape)
    above = split(upstream, how.groups)
    for t in taps(how.F):
        seen = split(tap(x, t, how.sizes, how.S, how.dilation), how.groups)
        product = context.matmul(seen.transpose(0, 2, 1), above)  # groups x C/groups x K/groups
        dw[t] = product.transpose(1, 0, 2).reshape(dw[t].shape)
    return dw


def split(x: Array, groups: int) -> Array:
    """Return N x spatial x C as groups x positions x C/groups."""
    rows = np.ascontiguousarray(x).reshape(-1, groups, x.shape[-1] // groups)
    return rows.transpose(1, 0, 2)


def _weights(weight: Array, groups: int) -> Array:
    """Return C/groups x K as groups x C/groups x K/groups."""
    return weight.reshape(weight.shape[0], groups, -1).transpose(1, 0, 2)
