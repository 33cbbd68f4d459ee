"""Kernels that put values in other places, or keep some of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import (
    NO_PARAMETERS,
    Context,
    Kernel,
    Parameters,
    Saved,
)
from shapecalc.executor.kernels.windows import (
    per_axis,
)


class Rearranged(Kernel):
    """Every value goes to one place: y = move(x), dx = move_back(dy)."""

    @abstractmethod
    def move(self, x: Array) -> Array:
        """Return the output; a view where that is possible."""

    @abstractmethod
    def move_back(self, upstream: Array) -> Array:
        """Return the values where they came from."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        return self.move(inputs[0]), None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        return [self.move_back(upstream) if wanted[0] else None], NO_PARAMETERS


class ChannelShuffle(Rearranged):
    """channel_shuffle: y_(i*g + j) = x_(j*D/g + i) along the depth. dx by the reverse."""

    def move(self, x: Array) -> Array:
        return _interleaved(x, self.layer.groups)

    def move_back(self, upstream: Array) -> Array:
        return _interleaved(upstream, upstream.shape[-1] // self.layer.groups)


def _interleaved(x: Array, groups: int) -> Array:
    parts = x.reshape(*x.shape[:-1], groups, -1)
    return np.swapaxes(parts, -1, -2).reshape(x.shape)


class PixelShuffle(Rearranged):
    """pixel_shuffle: each position's values over a block of positions. dx by pixel_unshuffle."""

    def move(self, x: Array) -> Array:
        scales = per_axis(self.layer.scale, x.ndim - 2)
        return _spread(x, scales, self.layer.order == "pytorch")

    def move_back(self, upstream: Array) -> Array:
        scales = per_axis(self.layer.scale, upstream.ndim - 2)
        return _gathered(upstream, scales, self.layer.order == "pytorch")


class PixelUnshuffle(PixelShuffle):
    """pixel_unshuffle: each block of positions in one. dx by pixel_shuffle."""

    def move(self, x: Array) -> Array:
        return super().move_back(x)

    def move_back(self, upstream: Array) -> Array:
        return super().move(upstream)


def _spread(x: Array, scales: Sequence[int], slices_first: bool) -> Array:
    """Return N x W x D as N x W*s x D/s^2; in the depth, a slice's values lie together or not."""
    n, *spatial, _ = x.shape
    axes = len(spatial)
    depth = (-1, *scales) if slices_first else (*scales, -1)
    taken = x.reshape(n, *spatial, *depth)
    first = 1 + axes + slices_first  # of the axes in a block
    order = [0, *(at for k in range(axes) for at in (1 + k, first + k))]
    order.append(1 + axes if slices_first else 1 + 2 * axes)
    sizes = [W * s for W, s in zip(spatial, scales, strict=True)]
    return taken.transpose(order).reshape(n, *sizes, -1)


def _gathered(x: Array, scales: Sequence[int], slices_first: bool) -> Array:
    """Return N x W*s x C as N x W x C*s^2, the reverse of `_spread`."""
    n, *spatial, _ = x.shape
    axes = len(spatial)
    pairs = [size for W, s in zip(spatial, scales, strict=True) for size in (W // s, s)]
    taken = x.reshape(n, *pairs, -1)
    block = [2 + 2 * k for k in range(axes)]
    last = [1 + 2 * axes]
    depth = last + block if slices_first else block + last
    order = [0, *(1 + 2 * k for k in range(axes)), *depth]
    return taken.transpose(order).reshape(n, *pairs[::2], -1)


class Slice(Kernel):
    """slice: y = a part of x along one axis. dx = dy with zeros around it."""

    def part(self, shape: tuple[int, ...]) -> tuple[slice, ...]:
        """Return which part of an array is taken."""
        layer = self.layer
        at = 1 + axis_number(layer.axis, len(shape) - 1)
        taken = slice(layer.start, layer.stop)
        if layer.of is not None:
            each = shape[at] // layer.of
            taken = slice((layer.part - 1) * each, layer.part * each)
        return (*(slice(None) for _ in range(at)), taken)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        return x[self.part(x.shape)], x.shape

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
        gradient = context.buffers.zeros(saved)
        gradient[self.part(saved)] = upstream
        return [gradient], NO_PARAMETERS


NAMES = (("units",), ("length",), ("height", "width"), ("frames", "height", "width"))


def axis_number(axis: str | int, axes: int) -> int:
    """Return which of a volume's axes one is, from 0; more than three spatial ones are numbered."""
    if isinstance(axis, int):
        return axis
    return axes - 1 if axis == "depth" else NAMES[axes - 1].index(axis)


class Transpose(Rearranged):
    """transpose: y = x with its axes in another order. dx = dy with them in the old one."""

    def order(self, rank: int) -> list[int]:
        """Return where each axis of the output comes from, the examples' first."""
        return [0, *(1 + axis_number(axis, rank - 1) for axis in self.layer.axes)]

    def move(self, x: Array) -> Array:
        return x.transpose(self.order(x.ndim))

    def move_back(self, upstream: Array) -> Array:
        return upstream.transpose(np.argsort(self.order(upstream.ndim)))


KERNELS: dict[str, type[Kernel]] = {
    "channel_shuffle": ChannelShuffle,
    "pixel_shuffle": PixelShuffle,
    "pixel_unshuffle": PixelUnshuffle,
    "slice": Slice,
    "transpose": Transpose,
}
