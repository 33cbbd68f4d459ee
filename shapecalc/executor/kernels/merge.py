"""Merges: value by value with stretched axes, or joined along the depth.

An axis of size 1 is stretched, and a flat D counts as 1 x ... x 1 x D: forward is NumPy's
broadcasting, backward sums over what was stretched.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from itertools import accumulate, groupby
from math import prod
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.elementwise import let_through
from shapecalc.executor.kernels.rearrange import axis_number

Shape = tuple[int, ...]


def aligned(inputs: Sequence[Array]) -> list[Array]:
    """Return the inputs with one number of axes; N x D becomes N x 1 x ... x 1 x D."""
    rank = max(x.ndim for x in inputs)
    return [x.reshape(len(x), *(1,) * (rank - x.ndim), *x.shape[1:]) for x in inputs]


def folded(values: Array, shape: Shape) -> Array:
    """Return the sum over the axes that were stretched from `shape`, in that shape.

    Neighbouring axes are summed at once, as a product with ones: quicker than sum and as exact.
    """
    full = (shape[0], *(1,) * (values.ndim - len(shape)), *shape[1:])
    if values.shape == full:
        return values.reshape(shape)
    before = 1
    for stretched, pairs in groupby(zip(values.shape, full, strict=True), lambda p: p[0] != p[1]):
        size = prod(large for large, _ in pairs)
        if stretched:
            values, ones = values.reshape(before, size, -1), np.ones(size, values.dtype)
            values = ones @ values if values.shape[-1] > 1 else values[..., 0] @ ones
        else:
            before *= size
    return values.reshape(shape)


def _common(one: Shape, other: Shape) -> tuple[slice, ...]:
    """Return the part that two arrays have in common, from the beginning of each axis."""
    return tuple(slice(min(sizes)) for sizes in zip(one, other, strict=True))


class Stretching(Kernel):
    """A merge value by value: the output from aligned inputs, and each one's stretched gradient."""

    keeps_inputs = True  # backward needs the values, not just the shapes

    @abstractmethod
    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        """Write the output, which has the shape that all inputs are stretched to."""

    @abstractmethod
    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        """Return the gradients before they are folded; `inputs` is empty if none are kept."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        level = aligned(inputs)
        out = context.buffers.empty(np.broadcast_shapes(*(x.shape for x in level)))
        self.merge(context, level, out)
        return out, ([x.shape for x in inputs], level if self.keeps_inputs else [])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        shapes, inputs = saved
        stretched = self.gradients(context, upstream, inputs, wanted)
        pairs = zip(stretched, shapes, wanted, strict=True)
        return [folded(g, shape) if g is not None and w else None for g, shape, w in pairs], (
            NO_PARAMETERS
        )


class Add(Stretching):
    """add: the sum. Backward: upstream for every source.

    With unequal first the others' common part with the first is added, and gets that of upstream.
    """

    keeps_inputs = False

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        shapes = [x.shape for x in inputs]
        if not self._cut(shapes):
            return super().forward(context, inputs, parameters)
        out = context.buffers.copy(inputs[0])
        for x in inputs[1:]:
            common = _common(x.shape, out.shape)
            out[common] += x[common]
        return out, (shapes, [])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        shapes, _ = saved
        if not self._cut(shapes):
            return super().backward(context, upstream, saved, parameters, wanted)
        found: list[Array | None] = [upstream if wanted[0] else None]
        for shape, want in zip(shapes[1:], wanted[1:], strict=True):
            gradient = context.buffers.zeros(shape) if want else None
            if gradient is not None:
                common = _common(shape, upstream.shape)
                gradient[common] = upstream[common]
            found.append(gradient)
        return found, NO_PARAMETERS

    def _cut(self, shapes: Sequence[Shape]) -> bool:
        """Say whether only parts of the sources are added."""
        first = getattr(self.layer, "unequal", "refuse") == "first"  # average has no such field
        return first and any(shape != shapes[0] for shape in shapes)

    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        np.add(inputs[0], inputs[1], out=out)
        for x in inputs[2:]:
            out += x

    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        return [upstream] * len(wanted)


class Subtract(Stretching):
    """subtract: the first less the others. Backward: upstream for the first, -upstream for each."""

    keeps_inputs = False

    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        np.subtract(inputs[0], inputs[1], out=out)
        for x in inputs[2:]:
            out -= x

    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        if not any(wanted[1:]):
            return [upstream, *[None] * (len(wanted) - 1)]
        out = context.buffers.empty(upstream.shape) if wanted[0] else context.target(upstream)
        less = np.negative(upstream, out=out)
        return [upstream, *[less] * (len(wanted) - 1)]


class Average(Add):
    """average: the sum over the number of sources. Backward: upstream over that number for each."""

    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        super().merge(context, inputs, out)
        out /= len(inputs)

    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        share = np.divide(upstream, len(wanted), out=context.target(upstream))
        return [share] * len(wanted)


class Multiply(Stretching):
    """multiply: the product. Backward: upstream times the product of all the other sources."""

    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        np.multiply(inputs[0], inputs[1], out=out)
        for x in inputs[2:]:
            out *= x

    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        before = [None, *accumulate(inputs[:-1], np.multiply)]  # no division: a source may be 0
        after = [None, *accumulate(inputs[:0:-1], np.multiply)][::-1]
        found: list[Array | None] = []
        for one, other, want in zip(before, after, wanted, strict=True):
            gradient = upstream
            for factor in (one, other):
                if want and factor is not None:
                    out = context.buffers.empty(upstream.shape)
                    gradient = np.multiply(gradient, factor, out=out)
            found.append(gradient)
        return found


class Maximum(Stretching):
    """maximum: the largest, taken pairwise. Backward: upstream to the larger; a tie is halved."""

    def merge(self, context: Context, inputs: Sequence[Array], out: Array) -> None:
        np.maximum(inputs[0], inputs[1], out=out)
        for x in inputs[2:]:
            np.maximum(out, x, out=out)

    def gradients(
        self, context: Context, upstream: Array, inputs: Sequence[Array], wanted: Sequence[bool]
    ) -> Sequence[Array | None]:
        largest = list(accumulate(inputs[:-1], np.maximum))
        found: list[Array | None] = []
        for one, other in zip(reversed(largest), reversed(inputs[1:]), strict=True):
            shared = np.multiply(upstream, 1 - (one == other) / 2, dtype=upstream.dtype)
            parts = [context.buffers.empty(upstream.shape) for _ in range(2)]
            let_through(shared, one >= other, parts[0])
            let_through(shared, one <= other, parts[1])
            upstream = parts[0]
            found.append(parts[1])
        return [upstream, *reversed(found)]


class Concat(Kernel):
    """concat: joined along an axis. Backward: each source's part of upstream, as a view."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        shape = [*inputs[0].shape]
        at = 1 + axis_number(self.layer.axis, len(shape) - 1)
        sizes = [x.shape[at] for x in inputs]
        shape[at] = sum(sizes)
        out = context.buffers.empty(tuple(shape))
        return np.concatenate(inputs, axis=at, out=out), (at, sizes)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Any,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        at, sizes = saved
        parts = np.split(upstream, list(accumulate(sizes))[:-1], axis=at)
        return [part if w else None for part, w in zip(parts, wanted, strict=True)], NO_PARAMETERS


KERNELS: dict[str, type[Kernel]] = {
    "add": Add,
    "subtract": Subtract,
    "multiply": Multiply,
    "maximum": Maximum,
    "average": Average,
    "concat": Concat,
}
