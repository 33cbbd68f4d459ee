"""Layers that move values about, from flatten and pad to shuffles, slice and transpose.

Values are numbered depth, height, width (PyTorch), while arrays have the depth last here.

Sources: PyTorch, torch.nn.Flatten, torch.reshape, ZeroPad2d, Upsample (half-pixel centres).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import (
    NO_PARAMETERS,
    Context,
    Kernel,
    Parameters,
    Saved,
    zeros_for,
)
from shapecalc.executor.kernels.pool_axis import blocks, flattened, sliding, sum_along, sum_back
from shapecalc.executor.kernels.windows import (
    Sides,
    bordered,
    inner,
    padded,
    per_axis,
    unbordered,
)


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
    """pad: y = x with a border of zeros, dx = dy without it. Copies of x add up to its gradient."""

    def sides(self, x: Array) -> Sides:
        """Return how much is before and after the image on each axis."""
        pads = per_axis(self.layer.P, x.ndim - 2)
        return [pad if isinstance(pad, tuple) else (pad, pad) for pad in pads]

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        if self.layer.mode != "zeros":
            return bordered(context, x, self.sides(x), self.layer.mode), None
        return padded(context, x, self.sides(x)), None

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
        sides, mode = self.sides(upstream), self.layer.mode
        if mode != "zeros":
            return [unbordered(context, upstream, sides, mode)], NO_PARAMETERS
        return [upstream[inner(sides)]], NO_PARAMETERS


class Crop(Pad):
    """crop: y = x without its border. dx = dy with a border of zeros.

    A second input says how large y is, and has a gradient of 0; the centre of x is kept.
    """

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x, *like = inputs
        sides = _centre(x, like[0]) if like else self.sides(x)
        return x[inner(sides)], (sides, [other.shape for other in like])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        sides, others = saved
        gradient = padded(context, upstream, sides) if wanted[0] else None
        return [gradient, *zeros_for(context, others, wanted[1:])], NO_PARAMETERS


def _centre(x: Array, like: Array) -> Sides:
    """Return what is before and after the centre of x that is as large as another image."""
    more = [W - w for W, w in zip(x.shape[1:-1], like.shape[1:-1], strict=True)]
    return [(extra // 2, extra - extra // 2) for extra in more]


class Upsample(Kernel):
    """upsample: nearest repeats, y_(i*scale + j) = x_i; dx_i = the sum of dy over j.

    bilinear weighs the two pixels whose centres are nearest, along each axis; dx by the same
    weights. For a size, or a factor that is a fraction, nearest takes the pixel that output j
    starts in. A second input says how large y is, and has a gradient of 0.
    """

    def scales(self, x: Array, others: Sequence[Array]) -> list[tuple[int, _Scale]]:
        """Return the spatial axes that are resampled, and how."""
        layer, spatial = self.layer, x.shape[1:-1]
        if layer.scale is not None:
            factors = per_axis(layer.scale, len(spatial))
            nearest = layer.mode == "nearest"
            found = [_by_factor(W, f, nearest) for W, f in zip(spatial, factors, strict=True)]
        else:
            sizes = others[0].shape[1:-1] if others else per_axis(layer.output, len(spatial))
            found = [_to_size(W, size) for W, size in zip(spatial, sizes, strict=True)]
        return [(at, scale) for at, scale in enumerate(found, start=1) if scale.old != scale.new]

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        y, *others = inputs
        scales = self.scales(y, others)
        for at, scale in reversed(scales):
            if scale.old > 1 or self.layer.mode == "bilinear":
                y = _mixed(context, y, at, scale.size, self._shares(scale))
            else:
                y = sum_back(context, y, at, sliding(scale.size, scale.new, scale.new))
        return y, (scales, [other.shape for other in others])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        scales, others = saved
        below = zeros_for(context, others, wanted[1:])
        if not wanted[0]:
            return [None, *below], NO_PARAMETERS
        gradient = upstream
        for at, scale in scales:
            if scale.old > 1 or self.layer.mode == "bilinear":
                back = [_Share(target, source, w) for source, target, w in self._shares(scale)]
                gradient = _mixed(context, gradient, at, scale.W, back)
            else:
                along = sliding(scale.size, scale.new, scale.new)
                gradient = sum_along(context, gradient, at, along)
        return [gradient, *below], NO_PARAMETERS

    def _shares(self, scale: _Scale) -> Iterator[_Share]:
        bilinear = self.layer.mode == "bilinear"
        if scale.old == 1:
            return _between(scale.W, scale.new)
        return _two_each(scale) if bilinear else _one_each(scale)


class _Scale(NamedTuple):
    """How W pixels become `size`: an output is old/new pixels wide."""

    W: int
    size: int
    old: int
    new: int


def _by_factor(W: int, factor: int | float, nearest: bool) -> _Scale:
    """Return how an axis grows; bilinear leaves one as it is whose size stays."""
    if isinstance(factor, int):
        return _Scale(W, W * factor, 1, factor)
    size, written = int(W * factor), Fraction(repr(factor))
    if size == W and not nearest:
        return _to_size(W, size)
    return _Scale(W, size, written.denominator, written.numerator)


def _to_size(W: int, size: int) -> _Scale:
    width = Fraction(W, size)
    return _Scale(W, size, width.numerator, width.denominator)


class _Share(NamedTuple):
    """What some places of an axis give to as many places of another, no place twice."""

    source: slice | Array
    target: slice | Array
    weight: float | Array


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


def _one_each(scale: _Scale) -> Iterator[_Share]:
    """Yield which pixel each output starts in."""
    pixels = np.minimum(_outputs(scale) * scale.old // scale.new, scale.W - 1)
    return _once_each(pixels.astype(np.intp), np.ones(scale.size))


def _two_each(scale: _Scale) -> Iterator[_Share]:
    """Yield how the two pixels around each output's centre share in it, border repeated."""
    last, whole = scale.W - 1, 2 * scale.new
    centres = np.maximum((2 * _outputs(scale) + 1) * scale.old - scale.new, 0)
    first = np.minimum(centres // whole, last)
    away = np.minimum(((centres - whole * first) / whole).astype(float), 1)
    first = first.astype(np.intp)
    yield from _once_each(first, 1 - away)
    yield from _once_each(np.minimum(first + 1, last), away)


def _outputs(scale: _Scale) -> Array:
    """Return the numbers of the outputs, as Python's where products of them may be too large."""
    fits = 2 * scale.size * max(scale.old, scale.new) < 2**62
    return np.arange(scale.size, dtype=np.int64 if fits else object)


def _once_each(source: Array, weights: Array) -> Iterator[_Share]:
    """Yield pixels, in ascending order, and their outputs in parts that have each pixel once."""
    order = np.arange(len(source)) - np.searchsorted(source, source)  # 0, 1, ... of each pixel
    for turn in range(order.max() + 1):
        target = np.flatnonzero(order == turn)
        yield _Share(source[target], target, weights[target][:, None])


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


KERNELS: dict[str, type[Kernel]] = {
    "flatten": Flatten,
    "reshape": Reshape,
    "pad": Pad,
    "crop": Crop,
    "upsample": Upsample,
}
