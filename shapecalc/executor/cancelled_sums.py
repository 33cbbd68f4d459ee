"""Sums that are 0 by hand: 0.1*3 - 0.3 leaves 5.6e-17 in floating point, through which a ReLU
behind it would let a gradient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, prod

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Engine
from shapecalc.layers.conv import Convolution
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense
from shapecalc.layers.merge import Add, Subtract

NOISE = 1e-14  # of the largest product, that rounding leaves of a sum which is 0
SUMS = (Convolution, ConvTranspose, Dense, Add, Subtract)


class CancelledSums:
    """Watches an engine, and makes 0 of what is left of sums that cancel."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def before(self, index: int, given: Sequence[Array]) -> None:
        """Let a layer run."""

    def after(self, index: int, given: Sequence[Array], output: Array) -> None:
        """Make 0 of a sum's output where that is next to nothing beside what was added up."""
        step = self.engine.steps[index]
        if not isinstance(step.kernel.layer, SUMS):
            return
        weights = (w for w in self.engine.parameters_of(step).values() if w.ndim > 1)
        largest = max(map(_largest, given)) * prod(map(_largest, weights))
        tiny = np.abs(output) <= NOISE * largest
        if isfinite(largest) and tiny.any():
            output[tiny] = 0

    def upstream(self, index: int, above: Array) -> Array:
        """Go on with a gradient as it is."""
        return above

    def returned(
        self, index: int, below: Sequence[Array | None], learned: Mapping[str, Array]
    ) -> None:
        """Leave the gradients as they are."""


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0))
