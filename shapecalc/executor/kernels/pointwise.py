"""Kernels of functions that few convolutional networks have, and of gated units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.cache_blocks import blocks, in_one_piece
from shapecalc.executor.kernels.elementwise import (
    Elementwise,
    FromOutput,
    let_through,
    sigmoid,
)


class HardTanh(FromOutput):
    """hard_tanh: min(max(x, -1), 1). Backward: upstream where -1 < y < 1."""

    def value(self, x: Array, out: Array) -> None:
        np.clip(x, -1, 1, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        let_through(upstream, np.abs(kept) < 1, out)


class Softsign(Elementwise):
    """softsign: x/(1 + |x|). Backward: upstream/(1 + |x|)^2."""

    def value(self, x: Array, out: Array) -> None:
        np.divide(x, np.abs(x) + 1, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        below = np.abs(kept)
        below += 1
        np.divide(upstream, below, out=out)
        out /= below


class Exp(FromOutput):
    """exp: y = e^x. Backward: upstream*y."""

    def value(self, x: Array, out: Array) -> None:
        with np.errstate(over="ignore"):  # infinity it is
            np.exp(x, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        np.multiply(upstream, kept, out=out)


class Abs(Elementwise):
    """abs: |x|. Backward: upstream where x > 0, -upstream where x < 0, 0 where x is 0."""

    def value(self, x: Array, out: Array) -> None:
        np.abs(x, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        sign = np.sign(kept)
        let_through(upstream, kept != 0, out)
        out *= sign


class Sqrt(FromOutput):
    """sqrt: y = sqrt(x), not a number below 0. Backward: upstream/(2*y), infinite at 0."""

    above_0 = True

    def value(self, x: Array, out: Array) -> None:
        with np.errstate(invalid="ignore"):
            np.sqrt(x, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        with np.errstate(all="ignore"):
            np.divide(upstream, 2 * kept, out=out)


class Identity(Kernel):
    """identity: y = x. Backward: upstream."""

    in_place = True

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        return inputs[0], None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        return [upstream if wanted[0] else None], NO_PARAMETERS


class Glu(Kernel):
    """glu: y = a*s, s = sigmoid(b), a and b the halves of the depth.

    Backward: upstream*s for a, upstream*a*s*(1 - s) for b.
    """

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        half = x.shape[-1] // 2
        out = context.buffers.empty((*x.shape[:-1], half))
        rows, rows_out = x.reshape(-1, 2 * half), out.reshape(-1, half)
        for cut in blocks(rows):
            np.multiply(rows[cut, :half], sigmoid(rows[cut, half:]), out=rows_out[cut])
        return out, x

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
        out, half = context.buffers.empty(saved.shape), saved.shape[-1] // 2
        ups = in_one_piece(context, upstream).reshape(-1, half)
        rows, rows_out = saved.reshape(-1, 2 * half), out.reshape(-1, 2 * half)
        for cut in blocks(rows):
            s = sigmoid(rows[cut, half:])
            first = np.multiply(ups[cut], s, out=rows_out[cut, :half])
            np.multiply(first, rows[cut, :half], out=rows_out[cut, half:])
            rows_out[cut, half:] *= 1 - s
        return [out], NO_PARAMETERS


KERNELS: dict[str, type[Kernel]] = {
    "hard_tanh": HardTanh,
    "softsign": Softsign,
    "exp": Exp,
    "abs": Abs,
    "sqrt": Sqrt,
    "identity": Identity,
    "glu": Glu,
}
