"""Max pools in whose windows the largest value stands several times, which has no gradient there.

By convention the first of these gets what comes back. Others let the last one get it, or share it:
each is a subgradient. Who gives the whole of it to each counts it several times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from shapecalc.executor.altered_kernels import Altered, Gradients, Sums
from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import Context, Kernel, Parameters
from shapecalc.executor.kernels.base import NO_PARAMETERS, Saved
from shapecalc.executor.kernels.pool import MaxPool

ROUNDING = 1e-12  # relative to the largest, of values that count as equal
Share = Callable[[Array], Array]  # what each pixel gets, from where the largest values are


class TiedPool(Altered):
    """A max pool that gives what comes back to a window to its largest values in another way."""

    def __init__(self, own: Any, share: Share) -> None:
        super().__init__(own)
        self.share = share
        self.sums = Sums(own)

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, _ = self.own.forward(context, inputs, parameters)
        sums, saved = self.sums.forward(context, inputs, parameters)
        return output, (inputs[0].copy(), output.copy().reshape(sums.shape), saved)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        x, largest, inner = saved
        gradient = np.zeros_like(x)
        back = upstream.reshape(largest.shape)
        for position in product(*map(range, largest.shape[1:-1])):
            here: Any = (slice(None), *(slice(n, n + 1) for n in position))
            window = np.zeros_like(largest)
            window[here] = 1
            (seen,), _ = self.sums.backward(context, window, inner, parameters, [True])
            assert seen is not None
            most = largest[here]
            tied = (seen > 0) & (np.abs(x - most) <= ROUNDING * np.abs(most))
            gradient += self.share(tied) * back[here]
        return [gradient], NO_PARAMETERS


def whole(tied: Array) -> Array:
    """Give the whole gradient to each."""
    return tied.astype(float)


def shared(tied: Array) -> Array:
    """Give an equal part to each."""
    spatial = tuple(range(1, tied.ndim - 1))
    parts: Array = tied / np.maximum(tied.sum(axis=spatial, keepdims=True), 1)
    return parts


def last(tied: Array) -> Array:
    """Give all of it to the last one, row by row."""
    flat = tied.reshape(len(tied), -1, tied.shape[-1])
    behind = np.cumsum(flat[:, ::-1], axis=1)[:, ::-1]
    parts: Array = (flat & (behind == 1)).astype(float)
    return parts.reshape(tied.shape)


def _shared_as(share: Share) -> Callable[[Kernel], Kernel]:
    return lambda kernel: TiedPool(kernel, share) if isinstance(kernel, MaxPool) else kernel


CONVENTIONS: Mapping[str, Callable[[Kernel], Kernel]] = {
    share.__name__: _shared_as(share) for share in (last, shared)
}
