"""The kernel of a transposed convolution: the gradient of a convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.conv import Convolving, bias_gradient
from shapecalc.executor.kernels.methods import taps
from shapecalc.executor.kernels.methods.slide import Slide
from shapecalc.executor.kernels.windows import (
    Sizes,
    per_axis,
    spans_of,
)


class ConvTranspose(Convolving):
    """conv_transpose: each x_i W_t is added to the output at i*S + t*dilation, then P is cropped.

    With dy spread back over the canvas: dx_i = sum_t dy_t W_t^T, dW_t = x^T dy_t, db = sum dy.
    Inside, a weight is F... x D x K/groups.
    """

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, (0, 1), (-2, -1)) if name == "weight" else values

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        return np.moveaxis(values, (-2, -1), (0, 1)) if name == "weight" else values

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (x,) = inputs
        weight = self._by_filter(parameters["weight"])
        how, shape = self._canvas(x, weight)
        y = taps.input_gradient(context, x, weight, how, shape)
        if "bias" in parameters:
            y += parameters["bias"]
        return y, (x, how)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, how = saved
        weight = self._by_filter(parameters["weight"])
        dw = taps.weight_gradient(context, upstream, x, how, weight)
        gradients = {"weight": self._by_filter(dw)}
        if "bias" in parameters:
            gradients["bias"] = bias_gradient(upstream)
        dx = taps.forward(context, upstream, weight, how) if wanted[0] else None
        return [dx], gradients

    def _by_filter(self, weight: Array) -> Array:
        """Return D x K/groups as K/groups x D (and back): the convolution that this is of."""
        return weight.swapaxes(-1, -2)

    def _canvas(self, x: Array, weight: Array) -> tuple[Slide, tuple[int, ...]]:
        """Return the convolution of which this is the input gradient, and its input's shape."""
        rank, layer = x.ndim - 2, self.layer
        F, S = weight.shape[:rank], per_axis(layer.S, rank)
        dilation = per_axis(layer.dilation, rank)
        sides, spatial = [], []
        extra = per_axis(layer.output_padding, rank)
        pads = per_axis(layer.P, rank)
        for W, s, span, pad, more in zip(
            x.shape[1:-1], S, spans_of(F, dilation), pads, extra, strict=True
        ):
            reach = range(0, W * s, s)[-1] + span
            before, after, more = _ends(pad, more, reach, span, W * s)
            sides.append((before, after))
            spatial.append(reach + more - before - after)
        K = weight.shape[-2] * layer.groups
        sizes: Sizes = x.shape[1:-1]
        return Slide(F, S, dilation, sides, layer.groups, sizes), (len(x), *spatial, K)


def _ends(pad: Any, more: int | None, reach: int, span: int, whole: int) -> tuple[int, int, int]:
    """Return what is cut off before and after, and how many zeros are added at the end.

    `reach` is how far the filter writes; `whole` is one output for every S-th part of a pixel.
    """
    if pad == "same":  # as many outputs as there are parts, or as many as are asked for (Keras)
        wanted = whole if more is None else reach - span // 2 - span // 2 + more
        lost = max(reach - wanted, 0)
        return lost // 2, lost - lost // 2, max(wanted - reach, 0)
    if pad == "valid":  # to the end of the last pixel's parts
        return 0, 0, max(whole - reach, 0) if more is None else more
    before, after = pad if isinstance(pad, tuple) else (pad, pad)
    return before, after, more or 0


KERNELS: dict[str, type[Kernel]] = {
    "conv_transpose": ConvTranspose,
}
