"""Depthwise convolution: every channel has filters of its own, so nothing is summed over depth.

A single einsum over the strided windows; a row's W*C values are one axis where the stride is 1,
which keeps the inner loop long. A weight is F... x 1 x C*multiplier.
"""

from __future__ import annotations

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide
from shapecalc.executor.kernels.windows import inner, padded, padded_shape, tap, taps


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return y[..., c*m + i] = sum over taps of x_t[..., c] * weight_t[c*m + i]."""
    x = padded(context, x, how.sides)
    C = x.shape[-1]
    y = context.buffers.zeros((x.shape[0], *how.sizes, weight.shape[-1]))
    out = y.reshape(*y.shape[:-1], C, -1)
    for t in taps(how.F):
        seen = tap(x, t, how.sizes, how.S, how.dilation)
        context.macs += out.size
        out += seen[..., None] * weight[t].reshape(C, -1)
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return the gradient of x: each tap gives upstream * weight_t back to the pixels it saw."""
    dx = context.buffers.zeros(padded_shape(shape, how.sides))
    C = shape[-1]
    above = upstream.reshape(*upstream.shape[:-1], C, -1)
    for t in taps(how.F):
        view = tap(dx, t, how.sizes, how.S, how.dilation)
        view += np.einsum("...cm,cm->...c", above, weight[t].reshape(C, -1))
    return dx[inner(how.sides)]


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return the gradient of the weight: sum over positions of x_t * upstream."""
    x = padded(context, x, how.sides)
    C = x.shape[-1]
    dw = context.buffers.empty(weight.shape)
    above = upstream.reshape(*upstream.shape[:-1], C, -1)
    for t in taps(how.F):
        seen = tap(x, t, how.sizes, how.S, how.dilation)
        rows = seen.reshape(-1, C)
        dw[t] = np.einsum("pc,pcm->cm", rows, above.reshape(*rows.shape, -1)).reshape(1, -1)
    return dw
