"""Layers that move values about: flatten, reshape, pad, crop, upsample.

Values are numbered depth, height, width (PyTorch), while arrays have the depth last here.

Sources: PyTorch, torch.nn.Flatten, torch.reshape, ZeroPad2d, Upsample (half-pixel centres).
"""

from __future__ import annotations

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


KERNELS: dict[str, type[Kernel]] = {
    "flatten": Flatten,
    "reshape": Reshape,
    "pad": Pad,
    "crop": Crop,
    "upsample": Upsample,
}
