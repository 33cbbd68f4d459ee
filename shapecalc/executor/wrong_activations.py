"""Activations as somebody computes who makes a mistake: left out, without their slope or with
another one, as a ReLU.

As in wrong_kernels.py, each function takes a layer's kernel and returns one that makes the mistake,
or the same kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shapecalc.executor.altered_kernels import Altered, GradientOf, Gradients
from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import Context, Kernel, Parameters
from shapecalc.executor.kernels.activation import (
    Elu,
    LeakyRelu,
    PRelu,
    Relu,
    Sigmoid,
    Tanh,
)
from shapecalc.executor.kernels.base import NO_PARAMETERS, Saved
from shapecalc.executor.kernels.elementwise import Elementwise
from shapecalc.executor.kernels.pointwise import Abs


class _Identity(Altered):
    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        return inputs[0].copy(), None

    def backward(self, context: Any, upstream: Array, *rest: Any) -> Gradients:
        return [upstream], NO_PARAMETERS


class _AsRelu(Altered):
    """An activation whose negative values are cut to 0: on the way back alone, or forward, too.

    What its own slopes learn stays.
    """

    def __init__(self, own: Kernel, *, forward: bool) -> None:
        super().__init__(own)
        self.cuts = forward

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        positive, cut = inputs[0] > 0, np.maximum(inputs[0], 0)
        output, saved = self.own.forward(context, inputs, parameters)
        return cut if self.cuts else output, (saved, positive)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        inner, positive = saved
        below = np.where(positive, upstream, 0)
        _, learned = self.own.backward(context, upstream, inner, parameters, [False])
        return [below if wanted[0] else None], learned


class _OtherSlope(Altered):
    """A sigmoid with the slope of a tanh, or a tanh with that of a sigmoid, of its own output."""

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        other = Tanh if isinstance(self.own, Sigmoid) else Sigmoid
        return other(self.layer).backward(context, upstream, saved[0], parameters, wanted)


class _SlopeOfInput(Altered):
    """A sigmoid or a tanh with its slope worked out from its input, which it is not."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, _ = self.own.forward(context, inputs, parameters)
        return output, (inputs[0].copy(), None)


def slope_forgotten(kernel: Kernel) -> Kernel:
    """Pass the gradient through an activation as it is."""
    return GradientOf(kernel, _Identity(kernel)) if isinstance(kernel, Elementwise) else kernel


def other_slope(kernel: Kernel) -> Kernel:
    """Take y*(1 - y) for the 1 - y^2 of a tanh, and the other way round."""
    return _OtherSlope(kernel) if isinstance(kernel, Sigmoid | Tanh) else kernel


def slope_of_input(kernel: Kernel) -> Kernel:
    """Take x*(1 - x) for y*(1 - y), or 1 - x^2 for 1 - y^2."""
    return _SlopeOfInput(kernel) if isinstance(kernel, Sigmoid | Tanh) else kernel


def activation_left_out(kernel: Kernel) -> Kernel:
    """Leave an activation out, forward and backward."""
    return _Identity(kernel) if isinstance(kernel, Elementwise) else kernel


def absolute(kernel: Kernel) -> Kernel:
    """Take the absolute value where a ReLU is asked for."""
    return Abs(kernel.layer) if isinstance(kernel, Relu) else kernel


def relu_for_leaky(kernel: Kernel) -> Kernel:
    """Take a ReLU, forward and backward, where an activation keeps some of what is negative."""
    return _AsRelu(kernel, forward=True) if _keeps_negative(kernel) else kernel


def relu_slope_for_leaky(kernel: Kernel) -> Kernel:
    """Take the slope of a ReLU where an activation keeps some of what is negative."""
    return _AsRelu(kernel, forward=False) if _keeps_negative(kernel) else kernel


def _keeps_negative(kernel: Any) -> bool:
    """Say whether an activation is a ReLU but for what it makes of negative values."""
    if isinstance(kernel, Relu):
        layer = kernel.layer
        return bool(layer.slope) and layer.max is None and not layer.threshold
    return isinstance(kernel, Elu | PRelu) or (
        isinstance(kernel, LeakyRelu) and bool(kernel.layer.slope)
    )
