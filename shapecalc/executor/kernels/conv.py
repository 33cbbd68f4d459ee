"""Convolutions: y = sum over taps of x_t W_t + b, in one, two or three dimensions.

With the upstream gradient dy: dW_t = x_t^T dy, dx_t += dy W_t^T, db = the sum of dy over examples
and positions. A transposed convolution swaps the roles of forward and input gradient.

Sources: Stanford CS231n, "Convolutional Networks" (backpropagation); Dumoulin and Visin, "A guide
to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.columns import column_sums, shift
from shapecalc.executor.kernels.methods import depthwise, im2col, pointwise, taps, winograd
from shapecalc.executor.kernels.methods.slide import Slide, slide_over
from shapecalc.executor.kernels.windows import (
    Sides,
    bordered,
    per_axis,
    sides_of,
    spans_of,
    unbordered,
)


class Convolving(Kernel):
    """What the three kinds share: weights are F... x C x K inside, and a bias for each filter."""

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, (0, 1), (-1, -2)) if name == "weight" else values

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, (-1, -2), (0, 1)) if name == "weight" else values


def bias_gradient(upstream: Array) -> Array:
    """Return the sum over examples and positions."""
    return column_sums(upstream.reshape(-1, upstream.shape[-1]))


class Conv(Convolving):
    """conv: y = sum_t x_t W_t + b. dW_t = x_t^T dy, dx_t += dy W_t^T, db = sum dy.

    Where the padding is filled with values of x, that is made first, and dx is of all copies.
    """

    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self._slides: dict[tuple[int, ...], Slide] = {}  # by the input's shape

    def groups(self, x: Array) -> int:
        """Return how many groups the channels fall into."""
        return int(self.layer.groups)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        weight = parameters["weight"]
        mode, filled = getattr(self.layer, "mode", "zeros"), None
        if mode != "zeros":
            filled = self._sides(x, weight)
            x = bordered(context, x, filled, mode)
        if x.shape not in self._slides:
            sides = self._sides(x, weight) if filled is None else [(0, 0) for _ in filled]
            self._slides[x.shape] = self._slide(x, weight, sides)
        how = self._slides[x.shape]
        y = algorithm(context, len(x), weight, how).forward(context, x, weight, how)
        if "bias" in parameters:
            shift(y.reshape(-1, y.shape[-1]), parameters["bias"])
        return y, (x, how, filled)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, how, filled = saved
        weight = parameters["weight"]
        method = algorithm(context, len(x), weight, how)
        dx, shape = None, x.shape if wanted[0] else None
        if method is winograd:  # both begin with the same transform
            dx, dw = winograd.gradients(context, x, upstream, weight, how, shape)
        else:
            dw = method.weight_gradient(context, x, upstream, how, weight)
            if shape is not None:
                dx = method.input_gradient(context, upstream, weight, how, shape)
        if dx is not None and filled is not None:
            dx = unbordered(context, dx, filled, self.layer.mode)
        gradients = {"weight": dw}
        if "bias" in parameters:
            gradients["bias"] = bias_gradient(upstream)
        return [dx], gradients

    def _sides(self, x: Array, weight: Array) -> Sides:
        rank, layer = x.ndim - 2, self.layer
        spans = spans_of(weight.shape[:rank], per_axis(layer.dilation, rank))
        return sides_of(layer.P, x.shape[1:-1], spans, per_axis(layer.S, rank))

    def _slide(self, x: Array, weight: Array, sides: Sides) -> Slide:
        rank = x.ndim - 2
        F, layer = weight.shape[:rank], self.layer
        S, dilation = per_axis(layer.S, rank), per_axis(layer.dilation, rank)
        return slide_over(x, F, S, dilation, sides, self.groups(x))


class DepthwiseConv(Conv):
    """depthwise_conv: a conv with a group for every channel; the same gradients, per channel."""

    def groups(self, x: Array) -> int:
        return int(x.shape[-1])


def algorithm(context: Context, examples: int, weight: Array, how: Slide) -> Any:
    """Return the module that convolves best here; the plain one if the run asks for it."""
    if context.plain:
        return taps
    if how.groups > 1:
        return depthwise if weight.shape[-2] == 1 else taps
    if pointwise.fits(how):
        return pointwise
    if context.fast and winograd.fits(how, weight, examples):
        return winograd
    return im2col


KERNELS: dict[str, type[Kernel]] = {
    "conv": Conv,
    "depthwise_conv": DepthwiseConv,
}
