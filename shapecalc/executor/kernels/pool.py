"""Pools: the largest value, the mean or the root of the sum of squares of each window.

All of them go over one axis after the other (pool_axis.py). Global and adaptive pools differ from
the sliding ones in where their windows lie, and in nothing else.

Sources: Stanford CS231n, "Convolutional Networks"; PyTorch, torch.nn.MaxPool2d, AvgPool2d and
AdaptiveAvgPool2d; TensorFlow, tf.nn.avg_pool (what `same` averages).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import (
    NO_PARAMETERS,
    Context,
    Kernel,
    Parameters,
    Saved,
)
from shapecalc.executor.kernels.pool_axis import (
    Axis,
    binned,
    max_along,
    max_back,
    sliding,
    sum_along,
    sum_back,
)
from shapecalc.executor.kernels.small_windows import few_taps, max_backward, max_forward
from shapecalc.executor.kernels.windows import Sizes, per_axis, sides_of, spans_of

ROUNDING = 1e-12  # relative; what several layers may add up


class Pool(Kernel):
    """What all pools share: windows on each spatial axis."""

    def axes(self, spatial: Sizes) -> list[Axis]:
        """Return the windows on each axis of an image: those that slide."""
        rank, layer = len(spatial), self.layer
        F = per_axis(layer.F, rank)
        S = F if layer.S is None else per_axis(layer.S, rank)
        dilation = per_axis(getattr(layer, "dilation", 1), rank)
        sides = sides_of(layer.P, spatial, spans_of(F, dilation), S)
        ceil = layer.rounding == "ceil" and not self.same
        along = zip(spatial, F, S, sides, dilation, strict=True)
        return [sliding(*one, ceil=ceil) for one in along]

    @property
    def same(self) -> bool:
        """Say whether the padding follows from the image."""
        return self.layer.P in ("same", "same_lower")


class MaxPool(Pool):
    """max_pool: y = max over taps of x_t. dx_t += dy for the first tap that has the maximum."""

    def leaves_windows_empty(self, shape: tuple[int, ...]) -> bool:
        return any(axis.has_empty_window for axis in self.axes(shape[1:-1]))

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (y,) = inputs
        axes = self.axes(y.shape[1:-1])
        if few_taps(axes):
            y, winners = max_forward(context, y, axes)
            return y, (axes, winners)
        passes = []
        for at, axis in reversed([*enumerate(axes, start=1)]):
            y, won = max_along(context, y, at, axis)
            passes.append(won)
        return y, (axes, passes[::-1])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if not wanted[0]:
            return [None], NO_PARAMETERS
        axes, winners = saved
        if few_taps(axes):
            return [max_backward(context, upstream, axes, winners)], NO_PARAMETERS
        gradient = upstream
        for at, (axis, won) in enumerate(zip(axes, winners, strict=True), start=1):
            gradient = max_back(context, gradient, at, axis, won)
        return [gradient], NO_PARAMETERS


class AvgPool(Pool):
    """avg_pool: y = sum over taps of x_t / n. dx_t += dy / n, n as PyTorch counts it.

    n is the number of taps inside the padded image, or, where the padding does not count, inside
    the image.
    """

    def divisor(self, axes: Sequence[Axis], dtype: np.dtype[np.floating]) -> Array:
        """Return n of each window, in one number where all are the same."""
        with_padding = self.layer.counts_padding
        return _product([axis.covered if with_padding else axis.inside for axis in axes], dtype)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        axes = self.axes(x.shape[1:-1])
        n = self.divisor(axes, x.dtype)
        y = _sums(context, x, axes)
        return np.divide(y, n, out=y), (axes, n)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if not wanted[0]:
            return [None], NO_PARAMETERS
        axes, n = saved
        share = np.divide(upstream, n, out=context.target(upstream))
        return [_spread(context, share, axes)], NO_PARAMETERS


class L2Pool(Pool):
    """l2_pool: y = sqrt(sum over taps of x_t^2). dx_t += x_t dy / y, and 0 where y is 0."""

    keeps_output = True

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        axes = self.axes(x.shape[1:-1])
        squares = np.square(x, out=context.buffers.empty(x.shape))
        y = _sums(context, squares, axes)
        np.sqrt(y, out=y)
        return y, (x, y, axes)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if not wanted[0]:
            return [None], NO_PARAMETERS
        x, y, axes = saved
        nothing = y == 0
        ratio = np.divide(upstream, y + nothing, out=context.target(upstream))
        ratio[nothing] = 0
        gradient = _spread(context, ratio, axes)
        return [np.multiply(gradient, x, out=gradient)], NO_PARAMETERS


class AdaptiveMaxPool(MaxPool):
    """adaptive_max_pool: y = max over the bin's pixels. dx += dy at the first of the largest."""

    def axes(self, spatial: Sizes) -> list[Axis]:
        """Return the bins on each axis."""
        return _bins(spatial, self.layer.output)


class AdaptiveAvgPool(AvgPool):
    """adaptive_avg_pool: y = the mean of the bin's n pixels. dx += dy / n for each of them."""

    def axes(self, spatial: Sizes) -> list[Axis]:
        """Return the bins on each axis."""
        return _bins(spatial, self.layer.output)

    def divisor(self, axes: Sequence[Axis], dtype: np.dtype[np.floating]) -> Array:
        """Return how many pixels each bin has."""
        return _product([axis.inside for axis in axes], dtype)


class GlobalMaxPool(MaxPool):
    """global_max_pool: y = max over positions of x. dx += dy at the first of the largest."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        y, saved = super().forward(context, inputs, parameters)
        return y if self.layer.keep else y.reshape(len(y), -1), (saved, y.shape)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        inner, shape = saved
        return super().backward(context, upstream.reshape(shape), inner, parameters, wanted)

    def axes(self, spatial: Sizes) -> list[Axis]:
        """Return one bin an axis."""
        return _bins(spatial, 1)


class GlobalAvgPool(Kernel):
    """global_avg_pool: y = the mean over all n positions. dx = dy / n at each of them."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        examples, *spatial, depth = x.shape
        positions = x.reshape(examples, -1, depth)
        n = positions.shape[1]
        y = context.buffers.empty((examples, 1, depth))
        # A product with ones is more exact than a sum over rows. It is no layer's multiplication,
        # so the context does not count it.
        np.matmul(np.ones((1, n), x.dtype), positions, out=y)
        y /= n
        kept = [1 for _ in spatial] if self.layer.keep else []
        return y.reshape(examples, *kept, depth), x.shape

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if not wanted[0]:
            return [None], NO_PARAMETERS
        gradient = context.buffers.empty(saved)
        n, *spatial, depth = saved
        gradient[...] = upstream.reshape(n, *(1 for _ in spatial), depth) / np.prod(spatial)
        return [gradient], NO_PARAMETERS


def _bins(spatial: Sizes, output: int | Sizes) -> list[Axis]:
    return [binned(*one) for one in zip(spatial, per_axis(output, len(spatial)), strict=True)]


def _sums(context: Context, x: Array, axes: Sequence[Axis]) -> Array:
    for at, axis in reversed([*enumerate(axes, start=1)]):
        x = sum_along(context, x, at, axis)
    return x


def _spread(context: Context, upstream: Array, axes: Sequence[Axis]) -> Array:
    for at, axis in enumerate(axes, start=1):
        upstream = sum_back(context, upstream, at, axis)
    return upstream


def _product(counts: Sequence[Sequence[int]], dtype: np.dtype[np.floating]) -> Array:
    """Return the product of each axis's counts: one number, or output sizes x 1 for all depths."""
    each = [[max(count, 1) for count in along] for along in counts]  # 0: wholly in the padding
    if all(len(set(along)) == 1 for along in each):
        each = [along[:1] for along in each]
    return reduce(np.multiply.outer, [np.array(along, dtype) for along in each])[..., None]


KERNELS: dict[str, type[Kernel]] = {
    "max_pool": MaxPool,
    "avg_pool": AvgPool,
    "l2_pool": L2Pool,
    "global_max_pool": GlobalMaxPool,
    "global_avg_pool": GlobalAvgPool,
    "adaptive_max_pool": AdaptiveMaxPool,
    "adaptive_avg_pool": AdaptiveAvgPool,
}
