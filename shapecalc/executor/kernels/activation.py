"""Activations, softmax, prelu and dropout; those with a gate are in swish.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import swish
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.cache_blocks import blocks, in_one_piece, whole
from shapecalc.executor.kernels.columns import column_sums
from shapecalc.executor.kernels.elementwise import (
    Elementwise,
    FromOutput,
    let_through,
    sigmoid,
    split,
)

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


class Relu(Elementwise):
    """relu: max(x, 0). Backward: upstream where y > 0, and the input is not needed.

    With max, slope and threshold: min(x, max) above the threshold, slope*(x - threshold) from there
    down. Backward: upstream above the threshold and below max, upstream*slope below.
    """

    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.cuts_at_0 = (layer.max, layer.slope, layer.threshold) == (None, 0, 0)
        self.in_place = self.keeps_output = self.cuts_at_0

    def value(self, x: Array, out: Array) -> None:
        if self.cuts_at_0:
            np.clip(x, 0, np.inf, out=out)
            return
        layer, most = self.layer, np.inf if self.layer.max is None else self.layer.max
        below = np.minimum(x - layer.threshold, 0)
        below *= layer.slope
        let_through(np.minimum(x, most), x > layer.threshold, out)
        out += below

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        if self.cuts_at_0:
            let_through(upstream, kept > 0, out)
            return
        layer = self.layer
        above, below = split(upstream, kept > layer.threshold)
        if layer.max is not None:
            let_through(above, kept < layer.max, above)
        if layer.slope:
            below *= layer.slope
            above += below
        out[...] = above


class Relu6(FromOutput):
    """relu6: min(max(x, 0), 6). Backward: upstream where 0 < y < 6."""

    def value(self, x: Array, out: Array) -> None:
        np.clip(x, 0, 6, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        let_through(upstream, (kept > 0) & (kept < 6), out)


class HardSigmoid(Elementwise):
    """hard_sigmoid: relu6(x + 3)/6. Backward: upstream/6 where -3 < x < 3."""

    def value(self, x: Array, out: Array) -> None:
        np.divide(np.clip(x + 3, 0, 6), 6, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        let_through(upstream / 6, np.abs(kept) < 3, out)


class Sigmoid(FromOutput):
    """sigmoid: y = 1/(1 + exp(-x)). Backward: upstream*y*(1 - y)."""

    def value(self, x: Array, out: Array) -> None:
        out[...] = sigmoid(x)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        np.multiply(upstream, kept * (1 - kept), out=out)


class Tanh(FromOutput):
    """tanh: y = tanh(x). Backward: upstream*(1 - y^2)."""

    def value(self, x: Array, out: Array) -> None:
        np.tanh(x, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        np.multiply(upstream, 1 - kept * kept, out=out)


class Softplus(FromOutput):
    """softplus: y = ln(1 + exp(x)). Backward: upstream*sigmoid(x), which is 1 - exp(-y)."""

    def value(self, x: Array, out: Array) -> None:
        beyond = np.log1p(np.exp(-np.abs(x)))
        np.add(np.maximum(x, 0), beyond, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        np.multiply(upstream, -np.expm1(-kept), out=out)


class Elu(FromOutput):
    """elu: y = x above 0, exp(x) - 1 below. Backward: upstream above, upstream*(y + 1) below."""

    def value(self, x: Array, out: Array) -> None:
        below = np.expm1(np.minimum(x, 0))
        np.add(np.maximum(x, 0), below, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        np.multiply(upstream, np.minimum(kept, 0) + 1, out=out)


class Selu(FromOutput):
    """selu: y = s*x above 0, s*a*(exp(x) - 1) below. Backward: upstream*s above, *(y + s*a) below.

    Source of s and a: Klambauer et al., 2017, with the digits of torch.nn.SELU.
    """

    def value(self, x: Array, out: Array) -> None:
        below = np.expm1(np.minimum(x, 0))
        below *= SELU_ALPHA
        below += np.maximum(x, 0)
        np.multiply(below, SELU_SCALE, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        above, below = split(upstream, kept > 0)
        above *= SELU_SCALE
        below *= kept + SELU_SCALE * SELU_ALPHA
        np.add(above, below, out=out)


class LeakyRelu(Elementwise):
    """leaky_relu: x above 0, slope*x below. Backward: upstream above, upstream*slope from 0 down.

    With a slope above 0 the output has the sign of the input, and the input is not needed.
    """

    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.in_place = self.keeps_output = layer.slope > 0

    def value(self, x: Array, out: Array) -> None:
        below = np.minimum(x, 0)
        below *= self.layer.slope
        np.add(np.maximum(x, 0), below, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        if not self.layer.slope:
            let_through(upstream, kept > 0, out)
            return
        above, below = split(upstream, kept > 0)
        below *= self.layer.slope
        np.add(above, below, out=out)


class Softmax(Kernel):
    """softmax over the depth: y = exp(x - max)/sum. Backward: y*(upstream - sum(upstream*y))."""

    in_place = True
    keeps_output = True

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x, out = whole(context, inputs[0])
        rows, rows_out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
        for cut in blocks(rows):
            self.values(rows[cut], rows_out[cut])
        return out, out

    def values(self, x: Array, out: Array) -> None:
        """Write the function of each row; `out` may be x."""
        np.subtract(x, x.max(-1, keepdims=True), out=out)
        np.exp(out, out=out)
        out /= out.sum(-1, keepdims=True)

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
        shape = (-1, upstream.shape[-1])
        rows, kept, rows_out = upstream.reshape(shape), saved.reshape(shape), out.reshape(shape)
        for cut in blocks(rows):
            self.gradient(rows[cut], kept[cut], rows_out[cut])
        return [out], NO_PARAMETERS

    def gradient(self, upstream: Array, y: Array, out: Array) -> None:
        """Write the gradient of each row; `out` may be upstream."""
        inner = (upstream * y).sum(-1, keepdims=True)
        np.subtract(upstream, inner, out=out)
        out *= y


def log_softmax(x: Array) -> Array:
    """Return the logarithm of softmax over the last axis."""
    below: Array = x - x.max(-1, keepdims=True)
    below -= np.log(np.exp(below).sum(-1, keepdims=True))
    return below


class LogSoftmax(Softmax):
    """log_softmax: y = x - max - ln(sum). Backward: upstream - exp(y)*sum(upstream)."""

    def values(self, x: Array, out: Array) -> None:
        out[...] = log_softmax(x)

    def gradient(self, upstream: Array, y: Array, out: Array) -> None:
        np.subtract(upstream, np.exp(y) * upstream.sum(-1, keepdims=True), out=out)


class PRelu(Kernel):
    """prelu: x above 0, w*x below. Backward: upstream above, upstream*w from 0 down.

    The gradient of w is the sum of upstream*x below 0, over all values, those of each channel, or
    the examples alone.
    """

    def rows(self, x: Array) -> Array:
        """Return x with slopes of its own for each column, or with one for all."""
        return x.reshape((len(x), -1) if self.layer.slopes == "per_value" else (-1, x.shape[-1]))

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, 0, -1)

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, -1, 0)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x, out = in_one_piece(context, inputs[0]), context.buffers.empty(inputs[0].shape)
        rows, rows_out, weight = self.rows(x), self.rows(out), parameters["weight"].reshape(-1)
        for cut in blocks(rows):
            below = np.minimum(rows[cut], 0)
            below *= weight
            np.add(np.maximum(rows[cut], 0), below, out=rows_out[cut])
        return out, x

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        weight = parameters["weight"]
        upstream, out = whole(context, upstream)
        rows, x, rows_out = self.rows(upstream), self.rows(saved), self.rows(out)
        sums = np.zeros(rows.shape[1])  # of blocks, few enough for float64
        for cut in blocks(rows):
            above, below = split(rows[cut], x[cut] > 0)
            sums += column_sums(below * x[cut])
            below *= weight.reshape(-1)
            np.add(above, below, out=rows_out[cut])
        learned = sums if weight.size > 1 else sums.sum(keepdims=True)
        learned = learned.astype(weight.dtype).reshape(weight.shape)
        return [out if wanted[0] else None], {"weight": learned}


class Dropout(Kernel):
    """dropout: in training x*m/(1 - rate), where m is 0 or 1. Backward: upstream*m/(1 - rate)."""

    in_place = True

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        if not context.training or not self.layer.rate:
            return inputs[0], None
        x, out = whole(context, inputs[0])
        mask = np.empty(x.size, bool)
        random = context.random()
        for cut in blocks(mask):  # float32 draws whatever the run's type: the mask is the same
            draws = random.random(mask[cut].size, np.float32)
            np.greater_equal(draws, self.layer.rate, out=mask[cut])
        drop(x, mask, self.layer.rate, out)
        return out, mask

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if saved is None or not wanted[0]:
            return [upstream if wanted[0] else None], NO_PARAMETERS
        upstream, out = whole(context, upstream)
        drop(upstream, saved, self.layer.rate, out)
        return [out], NO_PARAMETERS


def drop(values: Array, mask: Array, rate: float, out: Array) -> None:
    """Write values/(1 - rate) where a flat mask is true, and 0 elsewhere; `out` may be values."""
    flat, flat_out = values.reshape(-1), out.reshape(-1)
    for cut in blocks(flat):
        let_through(flat[cut], mask[cut], flat_out[cut])
        flat_out[cut] *= 1 / (1 - rate)


KERNELS: dict[str, type[Kernel]] = {
    "relu": Relu,
    "gelu": swish.Gelu,
    "silu": swish.Silu,
    "mish": swish.Mish,
    "relu6": Relu6,
    "hard_sigmoid": HardSigmoid,
    "hard_swish": swish.HardSwish,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softplus": Softplus,
    "softmax": Softmax,
    "log_softmax": LogSoftmax,
    "elu": Elu,
    "selu": Selu,
    "leaky_relu": LeakyRelu,
    "prelu": PRelu,
    "dropout": Dropout,
}
