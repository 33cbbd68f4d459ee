"""Kernels as somebody computes who makes a mistake: a slope forgotten, overlaps not summed.

Each function here takes a layer's kernel and returns one that makes the mistake, or the same kernel
where the layer gives no occasion for it. What is not said to be wrong is the kernel's own work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Fault
from shapecalc.executor.altered_kernels import Altered, GlobalSums, GradientOf, Gradients, Sums
from shapecalc.executor.arrays import refusal
from shapecalc.executor.buffers import Array
from shapecalc.executor.given_masks import GivenMask
from shapecalc.executor.kernels import Context, Kernel, Parameters
from shapecalc.executor.kernels.base import NO_PARAMETERS, Saved
from shapecalc.executor.kernels.conv import Conv
from shapecalc.executor.kernels.conv_transpose import ConvTranspose
from shapecalc.executor.kernels.dense import Dense
from shapecalc.executor.kernels.pool import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
)
from shapecalc.executor.kernels.reshape import Flatten
from shapecalc.executor.tied_pools import TiedPool, whole
from shapecalc.executor.wrong_activations import (
    absolute,
    activation_left_out,
    other_slope,
    relu_for_leaky,
    relu_slope_for_leaky,
    slope_forgotten,
    slope_of_input,
)

MOST_POSITIONS = 400  # that are gone through one by one


class _Means(AvgPool):
    def divisor(self, axes: Any, dtype: np.dtype[np.floating]) -> Array:
        return np.array([np.prod([max(axis.covered) for axis in axes])], dtype)


MAXIMUM_OF: dict[type[Kernel], type[Kernel]] = {
    AvgPool: MaxPool,
    GlobalAvgPool: GlobalMaxPool,
    AdaptiveAvgPool: AdaptiveMaxPool,
}
MEAN_OF: dict[type[Kernel], type[Kernel]] = {
    MaxPool: _Means,
    GlobalMaxPool: GlobalAvgPool,
    AdaptiveMaxPool: AdaptiveAvgPool,
}


class _FirstWindow(Altered):
    """A conv's parameter gradients: those from the first window alone."""

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        first = self.only(upstream)
        _, learned = self.own.backward(context, first, saved[0], parameters, [False])
        below, _ = self.own.backward(context, upstream, saved[0], parameters, wanted)
        return below, learned

    def only(self, upstream: Array) -> Array:
        """Return what comes back with 0 for all other windows."""
        first = np.zeros_like(upstream)
        at: Any = (slice(None), *(0 for _ in upstream.shape[1:-1]))
        first[at] = upstream[at]
        return first


class _OneWindow(_FirstWindow):
    """The same from the first window of each filter to which anything comes back."""

    def only(self, upstream: Array) -> Array:
        rows = upstream.reshape(len(upstream), -1, upstream.shape[-1])
        reached = rows != 0
        first = reached & (np.cumsum(reached, axis=1) == 1)
        return np.where(first, rows, 0.0).reshape(upstream.shape)


class _Unturned(Altered):
    """A conv's input gradient through the filters turned round: they slide over what comes back as
    they slide forward, where that goes through them the other way round.
    """

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        turned = {**parameters, "weight": _turned(parameters["weight"])}
        below, _ = self.own.backward(context, upstream, saved[0], turned, wanted)
        _, learned = self.own.backward(context, upstream, saved[0], parameters, [False])
        return below, learned


class _TurnedGradient(Altered):
    def backward(self, context: Context, upstream: Array, saved: Saved, *rest: Any) -> Gradients:
        below, learned = super().backward(context, upstream, saved, *rest)
        return below, {**learned, "weight": _turned(learned["weight"])}


class _Overwritten(Altered):
    """A conv's input gradient: what a later window gives stands, and is not added."""

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        below, learned = self.own.backward(context, upstream, saved[0], parameters, wanted)
        if below[0] is None:
            return below, learned
        ones = {**parameters, "weight": np.ones_like(parameters["weight"])}
        gradient = np.zeros_like(below[0])
        for part in _one_by_one(upstream):
            (one,), _ = self.own.backward(context, _exact(part), saved[0], parameters, [True])
            (seen,), _ = self.own.backward(context, (part != 0) * 1.0, saved[0], ones, [True])
            assert one is not None
            assert seen is not None
            gradient = np.where(seen != 0, one, gradient)
        return [gradient], learned


class _OneOfOverlapping(Altered):
    """A pool's input gradient: of windows that overlap in a pixel only one gives it something."""

    def __init__(self, own: Kernel, *, first: bool) -> None:
        super().__init__(own)
        self.first = first

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        gradient: Array = np.zeros(saved[1][0], upstream.dtype)
        taken = np.zeros(saved[1][0], bool)
        for part in _one_by_one(upstream):
            (one,), _ = self.own.backward(context, _exact(part), saved[0], parameters, [True])
            assert one is not None
            one = one.copy()
            (seen,), _ = self.own.backward(context, (part != 0) * 1.0, saved[0], parameters, [True])
            assert seen is not None
            given = (seen != 0) & ~(taken & self.first)
            gradient = np.where(given, one, gradient)
            taken |= given
        return [gradient], NO_PARAMETERS


class _Corner(Altered):
    """A convolution or pool at stride 1, of which as many rows and columns are written down."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        right, _ = self.own.forward(context, inputs, parameters)
        whole, saved = self._at_stride_1().forward(context, inputs, parameters)
        at = tuple(slice(size) for size in right.shape)
        return whole[at].copy(), (saved, whole.shape, at)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        inner, shape, at = saved
        whole = np.zeros(shape, upstream.dtype)
        whole[at] = upstream
        return self._at_stride_1().backward(context, whole, inner, parameters, wanted)

    def _at_stride_1(self) -> Kernel:
        return type(self.own)(self.layer.model_copy(update={"S": 1}))


class _OverwrittenOutput(Altered):
    """A transposed convolution's output: what a later pixel gives stands, and is not added."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, saved = super().forward(context, inputs, parameters)
        plain = {"weight": parameters["weight"]}
        ones = {"weight": np.ones_like(parameters["weight"])}
        found = np.zeros_like(output)
        for part in _one_by_one(inputs[0]):
            one, _ = self.own.forward(context, [_exact(part)], plain)
            seen, _ = self.own.forward(context, [(part != 0) * 1.0], ones)
            found = np.where(seen != 0, one, found)
        return found + parameters.get("bias", 0.0), saved


class _DepthLast(Altered):
    """A layer that flattens its input, with the values of a pixel, one a slice, side by side."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        output, saved = self.own.forward(context, [x.reshape(len(x), -1)], parameters)
        return output, (saved, x.shape)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        inner, shape = saved
        below, learned = self.own.backward(context, upstream, inner, parameters, wanted)
        return [None if part is None else part.reshape(shape) for part in below], learned


class _Unscaled(GivenMask):
    def masked(self, values: Array) -> Array:
        return values * self.mask


def _turned(weight: Array) -> Array:
    """Return filters, F... x C x K, turned by 180 degrees."""
    return np.flip(weight, axis=tuple(range(weight.ndim - 2))).copy()


def _one_by_one(values: Array) -> Iterator[Array]:
    """Yield the values of one position at a time, 0 elsewhere; an exact 0 counts as tiny."""
    positions: list[Any] = list(product(*map(range, values.shape[1:-1])))
    if len(positions) > MOST_POSITIONS:
        message = f"more than {MOST_POSITIONS} positions are not gone through one by one"
        raise refusal(Fault(rules.WRONG_VALUE, message), "example")
    filled = np.where(values == 0, np.finfo(values.dtype).tiny, values)
    for position in positions:
        part, at = np.zeros_like(values), (slice(None), *position)
        part[at] = filled[at]
        yield part


def _exact(part: Array) -> Array:
    """Return the values of a position with those that count as tiny as the 0 that they are."""
    return np.where(np.abs(part) <= np.finfo(part.dtype).tiny, 0.0, part)


# -- the mistakes ----------------------------------------------------------------------------------


def everywhere(kernel: Kernel) -> Kernel:
    """Send a max pool's gradient to every pixel of the window."""
    return GradientOf(kernel, Sums(kernel)) if isinstance(kernel, MaxPool) else kernel


def whole_to_each_largest(kernel: Kernel) -> Kernel:
    """Send a max pool's whole gradient to each of several equal largest values."""
    return TiedPool(kernel, whole) if isinstance(kernel, MaxPool) else kernel


def largest(kernel: Kernel) -> Kernel:
    """Take the largest value where the mean is asked for."""
    other = MAXIMUM_OF.get(type(kernel))
    return other(kernel.layer) if other else kernel


def mean(kernel: Kernel) -> Kernel:
    """Take the mean where the largest value is asked for."""
    other = MEAN_OF.get(type(kernel))
    return other(kernel.layer) if other else kernel


def sums(kernel: Kernel) -> Kernel:
    """Add up an average pool's window, and do not divide."""
    if type(kernel) is GlobalAvgPool:
        return GlobalSums(kernel.layer)
    if isinstance(kernel, AvgPool) and type(kernel) in MAXIMUM_OF:
        return Sums(kernel)
    return kernel


def whole_gradient(kernel: Kernel) -> Kernel:
    """Send an average pool's whole gradient to every pixel of the window."""
    summed = sums(kernel)
    return kernel if summed is kernel else GradientOf(kernel, summed)


def first_window(kernel: Kernel) -> Kernel:
    """Take a convolution's weight and bias gradients from the first window alone."""
    return _FirstWindow(kernel) if isinstance(kernel, Conv) else kernel


def one_window(kernel: Kernel) -> Kernel:
    """Take them from the first window of each filter to which anything comes back."""
    return _OneWindow(kernel) if isinstance(kernel, Conv) else kernel


def filter_not_turned(kernel: Kernel) -> Kernel:
    """Slide a convolution's filters over what comes back as they are."""
    return _Unturned(kernel) if isinstance(kernel, Conv) else kernel


def weight_gradient_turned(kernel: Kernel) -> Kernel:
    """Turn the gradient of a convolution's filters by 180 degrees."""
    return _TurnedGradient(kernel) if isinstance(kernel, Conv) else kernel


def overwritten(kernel: Kernel) -> Kernel:
    """Let what a later window gives stand where windows overlap."""
    if isinstance(kernel, ConvTranspose):
        return _OverwrittenOutput(kernel)
    return _Overwritten(kernel) if isinstance(kernel, Conv) else kernel


def first_of_overlapping(kernel: Kernel) -> Kernel:
    """Take a pool's gradient from the first window alone where its windows overlap."""
    return _OneOfOverlapping(kernel, first=True) if _overlapping(kernel) else kernel


def last_of_overlapping(kernel: Kernel) -> Kernel:
    """Take a pool's gradient from the last window alone where its windows overlap."""
    return _OneOfOverlapping(kernel, first=False) if _overlapping(kernel) else kernel


def _overlapping(kernel: Any) -> bool:
    """Say whether a layer is a pool with windows further than its stride."""
    if type(kernel) not in (MaxPool, AvgPool) or kernel.layer.S is None:  # it is F then
        return False
    return bool(np.any(np.asarray(kernel.layer.F) > np.asarray(kernel.layer.S)))


def corner(kernel: Kernel) -> Kernel:
    """Slide at stride 1, and write down as many values as there should be."""
    strides = getattr(kernel.layer, "S", 1)
    slides = isinstance(kernel, Conv) or type(kernel) in (MaxPool, AvgPool)
    return _Corner(kernel) if slides and strides not in (1, (1, 1), [1, 1]) else kernel


def unscaled(kernel: Kernel) -> Kernel:
    """Drop values, and do not scale those that stay."""
    return _Unscaled(kernel.layer, kernel.mask) if type(kernel) is GivenMask else kernel


def flattened_depth_last(kernel: Kernel) -> Kernel:
    """Flatten a volume pixel by pixel, and not slice by slice."""
    flattens = isinstance(kernel, Flatten) or (isinstance(kernel, Dense) and kernel.layer.flatten)
    return _DepthLast(kernel) if flattens else kernel


MISTAKES: dict[str, Callable[[Kernel], Kernel]] = {
    mistake.__name__: mistake
    for mistake in (
        slope_forgotten, other_slope, slope_of_input, activation_left_out, absolute,
        relu_for_leaky, relu_slope_for_leaky,
        everywhere, whole_to_each_largest, largest, mean, sums, whole_gradient, filter_not_turned,
        weight_gradient_turned, first_window, one_window, overwritten, first_of_overlapping,
        last_of_overlapping, corner, unscaled, flattened_depth_last,
    )
}  # fmt: skip
