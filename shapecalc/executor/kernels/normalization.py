"""Normalizations. Channels come last: statistics over the positions are sums of columns."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.cache_blocks import blocks, in_one_piece, whole
from shapecalc.executor.kernels.columns import (
    affine,
    column_sums,
    combine,
    far,
    gradient_sums,
    moments,
)
from shapecalc.executor.kernels.elementwise import let_through

FEW = 2  # values that are normalized together
LEARNED = ("weight", "bias")


class OverPositions(Kernel):
    """xhat*weight + bias with xhat = (x - mean)/sqrt(var + eps), statistics over the positions.

    Backward, with u = upstream*weight: (u - mean(u) - xhat*mean(u*xhat))/sqrt(var + eps); for the
    weight the sum of upstream*xhat, for the bias that of upstream.
    """

    def parts(self, x: Array) -> Array:
        """Return the view E x n x D of E parts with statistics of their own."""
        return x.reshape(len(x), -1, x.shape[-1])

    def groups(self, D: int) -> int:
        """Return how many groups of channels there are, with one statistic each."""
        return D

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        return prod(shape[1:]) // self.groups(shape[-1]) <= FEW

    def pooled(self, values: Array) -> Array:
        """Return the mean over each group of channels, for every channel of it."""
        D = len(values)
        if self.groups(D) == D:
            return values
        means = values.reshape(self.groups(D), -1).mean(-1)
        return np.repeat(means, D // self.groups(D))

    def statistics(
        self, context: Context, rows: Array, parameters: Parameters
    ) -> tuple[Array, Array]:
        """Return mean and variance of each channel of a part."""
        means, variances = moments(rows)
        if self.groups(len(means)) == len(means):
            return means, variances
        mean = self.pooled(means)
        return mean, self.pooled(variances + (means - mean) ** 2)

    def constant(self, context: Context) -> bool:
        """Say whether the statistics do not depend on the input."""
        return False

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        found = []
        for rows, rows_out in zip(self.parts(x), self.parts(out), strict=True):
            mean, variance = self.statistics(context, rows, parameters)
            inverse = 1 / np.sqrt(variance + self.layer.eps)
            scale, shift = inverse, -mean * inverse
            if "weight" in parameters:
                scale = scale * parameters["weight"]
                shift = shift * parameters["weight"]
            if "bias" in parameters:
                shift = shift + parameters["bias"]
            affine(rows, scale, shift, rows_out)
            found.append((mean, inverse, far(mean, variance)))
        needed = "weight" in parameters or "bias" in parameters or not self.constant(context)
        return out, (x if needed else None, found)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, found = saved
        upstream, out = whole(context, upstream)
        ups, outs = self.parts(upstream), self.parts(out)
        if x is None:
            for above, (_, inverse, _), rows_out in zip(ups, found, outs, strict=True):
                affine(above, inverse, np.zeros_like(inverse), rows_out)
            return [out if wanted[0] else None], NO_PARAMETERS
        weight = parameters.get("weight", 1.0)
        totals = dict(zip(LEARNED, np.zeros((2, x.shape[-1])), strict=True))
        for above, rows, (mean, inverse, centre), rows_out in zip(
            ups, self.parts(x), found, outs, strict=True
        ):
            sums, products = gradient_sums(above, rows, mean, centre)
            products *= inverse
            totals["weight"] += products
            totals["bias"] += sums
            if not wanted[0]:
                continue
            scale = inverse * weight
            if self.constant(context):
                affine(above, scale, np.zeros_like(scale), rows_out)
                continue
            slope = self.pooled(products * weight / -len(rows)) * inverse * inverse
            shift = self.pooled(sums * weight / -len(rows)) * inverse - slope * mean
            combine(above, scale, rows, slope, shift, rows_out)
        learned = {n: total.astype(x.dtype) for n, total in totals.items() if n in parameters}
        return [out if wanted[0] else None], learned


class BatchNorm(OverPositions):
    """batch_norm: statistics for each channel over the batch and its positions, if in training.

    Otherwise the running ones, and backward is upstream*weight/sqrt(running_var + eps).
    """

    def parts(self, x: Array) -> Array:
        return x.reshape(1, -1, x.shape[-1])

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        return prod(shape[:-1]) <= FEW

    def constant(self, context: Context) -> bool:
        return not context.training

    def statistics(
        self, context: Context, rows: Array, parameters: Parameters
    ) -> tuple[Array, Array]:
        if context.training:
            return super().statistics(context, rows, parameters)
        mean, variance = parameters["running_mean"], parameters["running_var"]
        return mean.astype(np.float64), variance.astype(np.float64)


class InstanceNorm(OverPositions):
    """instance_norm: statistics for each example and channel. Formulas: OverPositions."""


class GroupNorm(OverPositions):
    """group_norm: statistics for each example and group of channels. Formulas: OverPositions."""

    def groups(self, D: int) -> int:
        return int(self.layer.groups)


class LayerNorm(Kernel):
    """layer_norm: xhat*weight + bias, xhat = (x - mean)/sqrt(var + eps) over the depth, or all.

    Backward, with u = upstream*weight: (u - mean(u) - xhat*mean(u*xhat))/sqrt(var + eps).
    """

    def values(self, shape: tuple[int, ...]) -> int:
        """Return how many values are normalized together."""
        return shape[-1] if self.layer.over == "depth" else prod(shape[1:])

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        return self.values(shape) <= FEW

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, 0, -1)

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, -1, 0)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        shape = (-1, self.values(x.shape))
        rows, rows_out = x.reshape(shape), out.reshape(shape)
        weight, bias = (p.reshape(-1) if p is not None else p for p in map(parameters.get, LEARNED))
        mean, inverse = context.buffers.empty((len(rows), 1)), context.buffers.empty((len(rows), 1))
        for cut in blocks(rows):
            np.mean(rows[cut], axis=-1, keepdims=True, out=mean[cut])
            y = np.subtract(rows[cut], mean[cut], out=rows_out[cut])
            variance = np.einsum("nd,nd->n", y, y)[:, None] / y.shape[-1]
            np.divide(1, np.sqrt(variance + self.layer.eps), out=inverse[cut])
            y *= inverse[cut]
            if weight is not None:
                y *= weight
            if bias is not None:
                y += bias
        return out, (x, mean, inverse)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, mean, inverse = saved
        upstream, out = whole(context, upstream)
        D = self.values(x.shape)
        ups, rows, rows_out = upstream.reshape(-1, D), x.reshape(-1, D), out.reshape(-1, D)
        sums = {name: np.zeros(D) for name in parameters}
        for cut in blocks(rows):
            u = ups[cut]
            xhat = (rows[cut] - mean[cut]) * inverse[cut]
            if "bias" in sums:
                sums["bias"] += column_sums(u)
            if "weight" in sums:
                sums["weight"] += column_sums(u * xhat)
                u = u * parameters["weight"].reshape(-1)
            xhat *= np.einsum("nd,nd->n", u, xhat)[:, None] / D
            xhat += u.mean(-1, keepdims=True)
            np.subtract(u, xhat, out=rows_out[cut])
            rows_out[cut] *= inverse[cut]
        learned = {
            name: total.astype(x.dtype).reshape(parameters[name].shape)
            for name, total in sums.items()
        }
        return [out if wanted[0] else None], learned


class Lrn(Kernel):
    """lrn: x/s^beta with s = k + alpha/size * the sum of x^2 over `size` neighbouring channels.

    Backward: upstream/s^beta - 2*alpha*beta/size * x * the sum of upstream*x/s^(beta + 1) over the
    channels whose windows x is in. Where s and x are 0 (k is 0) y and dx are 0; PyTorch's are NaN.
    """

    def neighbours(self, values: Array, before: int, after: int) -> Array:
        """Return the sum of each value, `before` channels ahead of it and `after` behind it."""
        D = values.shape[-1]
        total = values.copy()
        for step in range(1, min(before, D - 1) + 1):
            total[:, step:] += values[:, :-step]
        for step in range(1, min(after, D - 1) + 1):
            total[:, :-step] += values[:, step:]
        return total

    def divisor(self, x: Array) -> tuple[Array, Array]:
        """Return s, and where x is not divided: s is 1 there in the place of 0.

        The window of an even size has its odd channel before, as PyTorch's.
        """
        size = self.layer.size
        s = self.neighbours(x * x, size // 2, (size - 1) // 2)
        s *= self.layer.alpha / size
        s += self.layer.k
        nothing = (s == 0) & (x == 0)
        s += nothing
        return s, nothing

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x = in_one_piece(context, inputs[0])
        out = context.buffers.empty(x.shape)
        rows, rows_out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
        with np.errstate(all="ignore"):
            for cut in blocks(rows):
                s, _ = self.divisor(rows[cut])
                np.divide(rows[cut], s**self.layer.beta, out=rows_out[cut])
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
        D, size, beta = upstream.shape[-1], self.layer.size, self.layer.beta
        ups, rows, rows_out = upstream.reshape(-1, D), saved.reshape(-1, D), out.reshape(-1, D)
        with np.errstate(all="ignore"):
            for cut in blocks(rows):
                s, nothing = self.divisor(rows[cut])
                direct = ups[cut] / s**beta
                let_through(direct, ~nothing, direct)
                s = direct * rows[cut] / s
                s = self.neighbours(s, (size - 1) // 2, size // 2)
                s *= rows[cut]
                s *= 2 * self.layer.alpha * beta / size
                np.subtract(direct, s, out=rows_out[cut])
        return [out], NO_PARAMETERS


KERNELS: dict[str, type[Kernel]] = {
    "batch_norm": BatchNorm,
    "instance_norm": InstanceNorm,
    "layer_norm": LayerNorm,
    "group_norm": GroupNorm,
    "lrn": Lrn,
}
