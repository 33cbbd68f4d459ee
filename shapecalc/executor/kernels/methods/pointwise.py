"""Convolution with filters of one tap, without padding: one matrix product over all positions.

With a stride the pixels that are seen are copied first. A weight is 1... x C x K.
"""

from __future__ import annotations

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.methods.slide import Slide


def fits(how: Slide) -> bool:
    """Say whether this way can be taken."""
    return set(how.F) == {1} and how.groups == 1 and not any(map(any, how.sides))


def forward(context: Context, x: Array, weight: Array, how: Slide) -> Array:
    """Return x @ weight, N x output sizes x K."""
    C, K = weight.shape[-2:]
    y = context.buffers.empty((len(x), *how.sizes, K))
    context.matmul(_seen(context, x, how), weight.reshape(C, K), out=y.reshape(-1, K))
    return y


def input_gradient(
    context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
) -> Array:
    """Return upstream @ weight^T, zeros at the pixels that are not seen."""
    C, K = weight.shape[-2:]
    back = weight.reshape(C, K).T
    rows = _rows(context, upstream)
    if set(how.S) == {1}:
        dx = context.buffers.empty(shape)
        context.matmul(rows, back, out=dx.reshape(-1, C))
        return dx
    dx = context.buffers.zeros(shape)
    dx[_starts(how)] = context.matmul(rows, back).reshape(*upstream.shape[:-1], C)
    return dx


def weight_gradient(
    context: Context, x: Array, upstream: Array, how: Slide, weight: Array
) -> Array:
    """Return x^T @ upstream."""
    product = context.matmul(_seen(context, x, how).T, _rows(context, upstream))
    return product.reshape(weight.shape)


def _seen(context: Context, x: Array, how: Slide) -> Array:
    return _rows(context, x if set(how.S) == {1} else x[_starts(how)])


def _rows(context: Context, x: Array) -> Array:
    if not x.flags.c_contiguous:
        x = context.buffers.copy(x)
    return x.reshape(-1, x.shape[-1])


def _starts(how: Slide) -> tuple[slice, ...]:
    return (slice(None), *(slice(None, None, s) for s in how.S))
