"""Kernels that scale without a mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.cache_blocks import blocks, in_one_piece, whole
from shapecalc.executor.kernels.columns import column_sums


class RmsNorm(Kernel):
    """rms_norm: xhat*weight, xhat = x/sqrt(mean(x^2) + eps) over the depth.

    Backward, with u = upstream*weight: (u - xhat*mean(u*xhat))/sqrt(mean(x^2) + eps).
    """

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        return shape[-1] == 1

    def inverse(self, rows: Array) -> Array:
        """Return 1/sqrt(mean(x^2) + eps) of each row."""
        mean = np.einsum("nd,nd->n", rows, rows)[:, None] / rows.shape[-1]
        inverse: Array = 1 / np.sqrt(mean + self.layer.eps)
        return inverse

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        rows, rows_out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
        for cut in blocks(rows):
            y = np.multiply(rows[cut], self.inverse(rows[cut]), out=rows_out[cut])
            if self.layer.weight:
                y *= parameters["weight"]
        return out, x

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        upstream, out = whole(context, upstream)
        D = saved.shape[-1]
        ups, rows, rows_out = upstream.reshape(-1, D), saved.reshape(-1, D), out.reshape(-1, D)
        sums = np.zeros(D)
        for cut in blocks(rows):
            u, inverse = ups[cut], self.inverse(rows[cut])
            xhat = rows[cut] * inverse
            if self.layer.weight:
                sums += column_sums(u * xhat)
                u = u * parameters["weight"]
            xhat *= np.einsum("nd,nd->n", u, xhat)[:, None] / D
            np.subtract(u, xhat, out=rows_out[cut])
            rows_out[cut] *= inverse
        learned = {"weight": sums.astype(saved.dtype)} if self.layer.weight else NO_PARAMETERS
        return [out if wanted[0] else None], learned


class L2Normalize(Kernel):
    """l2_normalize: y = x/n, n = sqrt(sum of x^2) over the depth, at least eps.

    Backward: (upstream - y*sum(upstream*y))/n, and upstream/eps where n would be less.
    """

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        return shape[-1] == 1

    def lengths(self, rows: Array) -> Array:
        """Return the length of each row."""
        lengths: Array = np.sqrt(np.einsum("nd,nd->n", rows, rows))
        return lengths[:, None]

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        rows, rows_out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
        for cut in blocks(rows):
            n = np.maximum(self.lengths(rows[cut]), self.layer.eps)
            np.divide(rows[cut], n, out=rows_out[cut])
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
        upstream, out = whole(context, upstream)
        D = saved.shape[-1]
        ups, rows, rows_out = upstream.reshape(-1, D), saved.reshape(-1, D), out.reshape(-1, D)
        for cut in blocks(rows):
            lengths = self.lengths(rows[cut])
            n = np.maximum(lengths, self.layer.eps)
            y = rows[cut] / n
            y *= np.einsum("nd,nd->n", ups[cut], y)[:, None] * (lengths >= self.layer.eps)
            np.subtract(ups[cut], y, out=rows_out[cut])
            rows_out[cut] /= n
        return [out], NO_PARAMETERS


class Scale(Kernel):
    """scale: x*weight + bias for each channel. Backward: upstream*weight.

    For the weight the sum of upstream*x, for the bias that of upstream.
    """

    def factor(
        self, own: bool | float | tuple[float, ...], learned: Array | None, otherwise: float
    ) -> Array | float:
        """Return what is learned, fixed for all or for each slice, or as good as none."""
        if learned is not None:
            return learned
        if isinstance(own, tuple):
            return np.array(own)
        return otherwise if own is False else own

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        rows, rows_out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
        weight = self.factor(self.layer.weight, parameters.get("weight"), 1.0)
        bias = self.factor(self.layer.bias, parameters.get("bias"), 0.0)
        for cut in blocks(rows):
            y = np.multiply(rows[cut], weight, out=rows_out[cut])
            y += bias
        return out, x if "weight" in parameters else None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        upstream, out = whole(context, upstream)
        D = upstream.shape[-1]
        ups, rows_out = upstream.reshape(-1, D), out.reshape(-1, D)
        rows = None if saved is None else saved.reshape(-1, D)
        weight = self.factor(self.layer.weight, parameters.get("weight"), 1.0)
        sums = {name: np.zeros(D) for name in parameters}
        for cut in blocks(ups):
            if "bias" in sums:
                sums["bias"] += column_sums(ups[cut])
            if rows is not None:
                sums["weight"] += column_sums(ups[cut] * rows[cut])
            np.multiply(ups[cut], weight, out=rows_out[cut])
        learned = {name: total.astype(upstream.dtype) for name, total in sums.items()}
        return [out if wanted[0] else None], learned


KERNELS: dict[str, type[Kernel]] = {
    "rms_norm": RmsNorm,
    "l2_normalize": L2Normalize,
    "scale": Scale,
}
