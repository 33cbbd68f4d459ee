"""Kernels of convolutions that share less."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.conv import Convolving, DepthwiseConv, bias_gradient
from shapecalc.executor.kernels.methods.slide import Slide, slide_over
from shapecalc.executor.kernels.windows import (
    inner,
    padded,
    padded_shape,
    per_axis,
    sides_of,
    tap,
    windows,
)
from shapecalc.executor.kernels.windows import taps as taps_of


class SeparableConv(Convolving):
    """separable_conv: z = the depthwise part of x, y = z W + b. dW = z^T dy, dz = dy W^T, db = sum
    dy; then as depthwise_conv, dz being its upstream gradient.

    Inside, the pointwise weight is 1... x D*multiplier x K.
    """

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return values if name == "bias" else np.moveaxis(values, (0, 1), (-1, -2))

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return values if name == "bias" else np.moveaxis(values, (-1, -2), (0, 1))

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        z, saved = self._depthwise.forward(context, [x], self._first(parameters))
        weight = _matrix(parameters["pointwise"])
        y = context.matmul(z.reshape(-1, z.shape[-1]), weight)
        if "bias" in parameters:
            y += parameters["bias"]
        return y.reshape(*z.shape[:-1], -1), (z, saved)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        z, saved = saved
        pointwise = parameters["pointwise"]
        rows = np.ascontiguousarray(upstream).reshape(-1, upstream.shape[-1])
        dw = context.matmul(z.reshape(-1, z.shape[-1]).T, rows)
        dz = context.matmul(rows, _matrix(pointwise).T).reshape(z.shape)
        below, first = self._depthwise.backward(context, dz, saved, self._first(parameters), wanted)
        gradients = {"depthwise": first["weight"], "pointwise": dw.reshape(pointwise.shape)}
        if "bias" in parameters:
            gradients["bias"] = bias_gradient(upstream)
        return below, gradients

    @property
    def _depthwise(self) -> DepthwiseConv:
        return DepthwiseConv(self.layer)

    def _first(self, parameters: Parameters) -> Parameters:
        return {"weight": parameters["depthwise"]}


def _matrix(weight: Array) -> Array:
    """Return a 1x1 filter's weight as D x K."""
    return weight.reshape(weight.shape[-2:])


class LocalConv(Kernel):
    """local_conv: y_p = x_p W_p + b_p at every position p, x_p the window there as a row.

    dW_p = x_p^T dy_p, the window's gradient is dy_p W_p^T, db_p = sum dy_p over examples. Inside, a
    weight is positions x D x F... x K, and a bias positions x K.
    """

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values.reshape(self.layer.K, -1, *values.shape[1:]), 0, -1)

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, -1, 0).reshape(-1, *values.shape[1:-1])

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        weight = parameters["weight"]
        how = self._slide(x, weight)
        columns = self._columns(context, x, how)
        y = context.matmul(columns, _flat(weight))  # positions x examples x K
        if "bias" in parameters:
            y += parameters["bias"][:, None]
        return context.buffers.copy(y.swapaxes(0, 1)).reshape(len(x), *how.sizes, -1), (x, how)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, how = saved
        weight = parameters["weight"]
        above = np.ascontiguousarray(upstream).reshape(len(x), -1, upstream.shape[-1])
        above = above.swapaxes(0, 1)
        columns = self._columns(context, x, how)
        dw = context.matmul(columns.swapaxes(1, 2), above)
        gradients = {"weight": dw.reshape(weight.shape)}
        if "bias" in parameters:
            gradients["bias"] = above.sum(axis=1)
        if not wanted[0]:
            return [None], gradients
        back = context.matmul(above, _flat(weight).swapaxes(1, 2))
        return [self._added_up(context, back.swapaxes(0, 1), x, how)], gradients

    def _slide(self, x: Array, weight: Array) -> Slide:
        F = weight.shape[2:-1]
        S = per_axis(self.layer.S, len(F))
        return slide_over(x, F, S, (1,) * len(F), sides_of(self.layer.P, x.shape[1:-1], F, S))

    def _columns(self, context: Context, x: Array, how: Slide) -> Array:
        """Return the windows, positions x examples x D*F..."""
        view = windows(padded(context, x, how.sides), how.F, how.S, how.dilation)
        rank = len(how.F)
        order = (*range(1, 1 + rank), 0, *range(1 + rank, view.ndim))
        columns = context.buffers.copy(view.transpose(order))
        return columns.reshape(prod(how.sizes), len(x), -1)

    def _added_up(self, context: Context, back: Array, x: Array, how: Slide) -> Array:
        """Return the gradients of windows, examples x positions x D*F..., where they overlap."""
        dx = context.buffers.zeros(padded_shape(x.shape, how.sides))
        back = back.reshape(len(x), *how.sizes, x.shape[-1], *how.F)
        for t in taps_of(how.F):
            view = tap(dx, t, how.sizes, how.S, how.dilation)
            at: tuple[Any, ...] = (..., *t)
            view += back[at]
        return dx[inner(how.sides)]


def _flat(weight: Array) -> Array:
    """Return positions x D x F... x K as positions x D*F... x K."""
    return weight.reshape(len(weight), -1, weight.shape[-1])


KERNELS: dict[str, type[Kernel]] = {
    "separable_conv": SeparableConv,
    "local_conv": LocalConv,
}
