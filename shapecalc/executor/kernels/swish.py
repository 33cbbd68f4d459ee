"""Activations that multiply x by a gate between 0 and 1."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.elementwise import Elementwise, let_through, sigmoid
from shapecalc.executor.kernels.erf import erf


class HardSwish(Elementwise):
    """hard_swish: x*relu6(x + 3)/6. Backward: upstream*(x/3 + 1/2) where -3 < x < 3, or as relu."""

    def value(self, x: Array, out: Array) -> None:
        np.multiply(x, np.clip(x + 3, 0, 6) / 6, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        slope = np.clip(kept, -3, 3) / 3
        slope += 0.5
        slope *= np.abs(kept) < 3
        slope += kept >= 3
        let_through(upstream, kept > -3, out)
        out *= slope


class Silu(Elementwise):
    """silu: x*s with s = sigmoid(x). Backward: upstream*s*(1 + x*(1 - s))."""

    def value(self, x: Array, out: Array) -> None:
        np.multiply(x, sigmoid(x), out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        s = sigmoid(kept)
        slope = 1 - s
        slope *= kept
        slope += 1
        slope *= s
        np.multiply(upstream, slope, out=out)


class Mish(Elementwise):
    """mish: x*t with t = tanh(softplus(x)). Backward: upstream*(t + x*t'), t' = (1 - t^2)*s(x).

    With n = exp(x) and w = n*(n + 2): t = w/(w + 2), t' = 4*n*(n + 1)/(w + 2)^2. From x = 20 on t
    is 1 and x*t' is 0 to the last bit: larger x are taken as 20 in both, and nothing overflows.
    """

    def value(self, x: Array, out: Array) -> None:
        n = np.exp(np.minimum(x, 20))
        w = n * (n + 2)
        w /= w + 2
        np.multiply(x, w, out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        x = np.minimum(kept, 20)
        n = np.exp(x)
        w = n * (n + 2)
        below = w + 2
        change = 4 * n * (n + 1)
        change /= below * below
        change *= x
        w /= below
        w += change
        np.multiply(upstream, w, out=out)


class Gelu(Elementwise):
    """gelu: x*Phi(x) with Phi(x) = (1 + erf(x/sqrt 2))/2. Backward: upstream*(Phi + x*Phi').

    Phi'(x) = exp(-x^2/2)/sqrt(2*pi) is 0 from 40 on, so that larger x are taken as 40.
    """

    def value(self, x: Array, out: Array) -> None:
        np.multiply(x, _phi(x), out=out)

    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        x = np.clip(kept, -40, 40)
        change = np.exp(x * x / -2)
        change *= x
        change /= sqrt(2 * pi)
        change += _phi(kept)
        np.multiply(upstream, change, out=out)


def _phi(x: Array) -> Array:
    values = erf(x / sqrt(2))
    values += 1
    values /= 2
    return values
