"""Kernels that do what another one does but for a part, which theirs overrides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import Context, Kernel, Parameters
from shapecalc.executor.kernels.base import Saved
from shapecalc.executor.kernels.pool import AvgPool, GlobalAvgPool, Pool
from shapecalc.executor.kernels.pool_axis import Axis
from shapecalc.executor.kernels.windows import Sizes

Gradients = tuple[Sequence[Array | None], Parameters]


class Altered(Kernel):
    """A kernel that does what another one does; the mistakes override a part of that."""

    def __init__(self, own: Kernel) -> None:
        super().__init__(own.layer)
        self.own = own

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return self.own.to_kernel_layout(name, values)

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return self.own.from_kernel_layout(name, values)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, saved = self.own.forward(context, inputs, parameters)
        return output, (saved, [x.shape for x in inputs])

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        return self.own.backward(context, upstream, saved[0], parameters, wanted)


class GradientOf(Altered):
    """A kernel whose backward pass is that of another one for the same inputs."""

    def __init__(self, own: Kernel, other: Kernel) -> None:
        super().__init__(own)
        self.other = other

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, _ = self.own.forward(context, inputs, parameters)
        other, saved = self.other.forward(context, inputs, parameters)
        return output, (saved, other.shape)

    def backward(self, context: Context, upstream: Array, saved: Saved, *rest: Any) -> Gradients:
        inner, shape = saved
        return self.other.backward(context, upstream.reshape(shape), inner, *rest)


class Sums(AvgPool):
    """Adds up the windows of a pool, and does not divide."""

    def __init__(self, own: Pool) -> None:
        super().__init__(own.layer)
        self.own = own

    def axes(self, spatial: Sizes) -> list[Axis]:
        return self.own.axes(spatial)

    def divisor(self, axes: Any, dtype: np.dtype[np.floating]) -> Array:
        return np.ones(1, dtype)


class GlobalSums(GlobalAvgPool):
    """Adds up each slice, and does not divide."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        means, shape = super().forward(context, inputs, parameters)
        return means * np.prod(shape[1:-1]), shape

    def backward(self, context: Context, upstream: Array, saved: Saved, *rest: Any) -> Gradients:
        return super().backward(context, upstream * np.prod(saved[1:-1]), saved, *rest)
