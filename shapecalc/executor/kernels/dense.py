"""The fully connected layer: y = x W^T + b. With upstream dy: dx = dy W, dW = dy^T x, db = sum dy.

Source: Stanford CS231n, "Derivatives, Backpropagation, and Vectorization".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.conv import bias_gradient


class Dense(Kernel):
    """dense: the weight is units x inputs; a volume is flattened as depth, height, width.

    Without flatten every position is a row of its own, x is (N*positions) x D.
    """

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        (volume,) = inputs
        if self.layer.flatten:
            x = np.moveaxis(volume, -1, 1).reshape(len(volume), -1)
        else:
            x = volume.reshape(-1, volume.shape[-1])
        y = context.matmul(x, parameters["weight"].T)
        if "bias" in parameters:
            y += parameters["bias"]
        if not self.layer.flatten:
            y = y.reshape(*volume.shape[:-1], -1)
        return y, (x, volume.shape)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        x, shape = saved
        weight = parameters["weight"]
        upstream = upstream.reshape(len(x), -1)
        dw = context.buffers.empty(weight.shape)
        if len(x) == 1:  # an outer product: multiply is seven times as fast as matmul
            np.multiply(upstream.T, x, out=dw)
        else:
            context.matmul(upstream.T, x, out=dw)
        gradients = {"weight": dw}
        if "bias" in parameters:
            gradients["bias"] = bias_gradient(upstream)
        if not wanted[0]:
            return [None], gradients
        dx = context.matmul(upstream, weight)
        if not self.layer.flatten:
            return [dx.reshape(shape)], gradients
        depth_first = dx.reshape(shape[0], shape[-1], *shape[1:-1])
        return [np.moveaxis(depth_first, 1, -1)], gradients


KERNELS: dict[str, type[Kernel]] = {"dense": Dense}
