"""Layers that move values about, from flatten and pad to shuffles, slice and transpose.

Values are numbered depth, height, width (PyTorch), while arrays have the depth last here.

Sources: PyTorch, torch.nn.Flatten, torch.reshape, ZeroPad2d, Upsample (half-pixel centres).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.pool_axis import blocks, flattened, sliding, sum_along, sum_back
from shapecalc.executor.kernels.windows import Sides, inner, padded, per_axis


class Reshape(Kernel):
    """reshape: y = x with its values numbered anew. dx = dy in the old shape."""

    def sizes(self, x: Array) -> tuple[int, ...]:
        """Return the output volume, spatial sizes first."""
        return tuple(self.layer.output)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        return _reshaped(context, x, self.sizes(x)), x.shape[1:]

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        gradient = _reshaped(context, upstream, saved) if wanted[0] else None
        return [gradient], NO_PARAMETERS


class Flatten(Reshape):
    """flatten: y = x in one vector, in the order depth, height, width. dx = dy in x's shape."""

    def sizes(self, x: Array) -> tuple[int, ...]:
        """Return how many values an example has."""
        return (x[0].size,)


def _reshaped(context: Context, x: Array, volume: Sequence[int]) -> Array:
    """Return the values of x in the order depth, height, width as another volume."""
    depth_first = np.moveaxis(x, -1, 1)
    if not depth_first.flags.c_contiguous:
        depth_first = context.buffers.copy(depth_first)
    *spatial, depth = volume
    return np.moveaxis(depth_first.reshape(len(x), depth, *spatial), 1, -1)


class Pad(Kernel):
    """pad: y = x with a border of zeros. dx = dy without it."""

    def sides(self, x: Array) -> Sides:
        """Return how much is before and after the image on each axis."""
        pads = per_axis(self.layer.P, x.ndim - 2)
        return [pad if isinstance(pad, tuple) else (pad, pad) for pad in pads]

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        return padded(context, x, self.sides(x)), None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        gradient = upstream[inner(self.sides(upstream))] if wanted[0] else None
        return [gradient], NO_PARAMETERS


class Crop(Pad):
    """crop: y = x without its border. dx = dy with a border of zeros."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        return x[inner(self.sides(x))], None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        gradient = padded(context, upstream, self.sides(upstream)) if wanted[0] else None
        return [gradient], NO_PARAMETERS


class Upsample(Kernel):
    """upsample: nearest repeats, y_(i*scale + j) = x_i; dx_i = the sum of dy over j.

    bilinear weighs the two pixels whose centres are nearest, along each axis; dx by the same
    weights.
    """

    def scales(self, x: Array) -> list[tuple[int, int]]:
        """Return the spatial axes that grow, and by how much."""
        scales = per_axis(self.layer.scale, x.ndim - 2)
        return [(at, scale) for at, scale in enumerate(scales, start=1) if scale > 1]

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (y,) = inputs
        for at, scale in reversed(self.scales(y)):
            size = y.shape[at]
            if self.layer.mode == "bilinear":
                y = _mixed(context, y, at, size * scale, _between(size, scale))
            else:
                y = sum_back(context, y, at, sliding(size * scale, scale, scale))
        return y, None

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
        gradient = upstream
        for at, scale in self.scales(upstream):
            large = gradient.shape[at]
            size = len(range(0, large, scale))
            if self.layer.mode == "bilinear":
                back = [_Share(source, target, w) for target, source, w in _between(size, scale)]
                gradient = _mixed(context, gradient, at, size, back)
            else:
                gradient = sum_along(context, gradient, at, sliding(large, scale, scale))
        return [gradient], NO_PARAMETERS


class _Share(NamedTuple):
    """What some places of an axis give to as many places of another."""

    source: slice
    target: slice
    weight: float


def _between(size: int, scale: int) -> Iterator[_Share]:
    """Yield how pixels share in the outputs that lie `away` of their centres, border repeated."""
    for j in range(scale):
        away = (j + 0.5) / scale - 0.5
        yield _Share(slice(0, size), slice(j, None, scale), 1 - abs(away))
        if away < 0:
            yield _Share(slice(0, size - 1), slice(j + scale, None, scale), -away)
            yield _Share(slice(0, 1), slice(j, j + 1), -away)
        elif away > 0:
            last = (size - 1) * scale
            yield _Share(slice(1, size), slice(j, last, scale), away)
            yield _Share(slice(size - 1, size), slice(last + j, last + j + 1), away)


def _mixed(context: Context, values: Array, at: int, size: int, shares: Iterable[_Share]) -> Array:
    """Return the weighted sums of values along one axis."""
    flat = flattened(context, values, at)
    out = context.buffers.zeros((flat.shape[0], size, flat.shape[2]))
    shares = [*shares]
    for rows, columns in blocks(out):
        given, got = flat[rows, :, columns], out[rows, :, columns]
        for source, target, weight in shares:
            got[:, target] += given[:, source] * weight
    return out.reshape(*values.shape[:at], size, *values.shape[at + 1 :])


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
    "flatten": Flatten,
    "reshape": Reshape,
    "pad": Pad,
    "crop": Crop,
    "upsample": Upsample,
    "channel_shuffle": ChannelShuffle,
    "pixel_shuffle": PixelShuffle,
    "pixel_unshuffle": PixelUnshuffle,
    "slice": Slice,
    "transpose": Transpose,
}
