"""What the functions of each value share. An activation gives its formula for a block of values.

Values are let through, or become 0, bit by bit (`let_through`): a product with a truth array takes
a quarter more time and makes NaN of infinity, np.where takes two to nine times as long. np.clip is
two to three times as fast as np.maximum with the number 0.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved
from shapecalc.executor.kernels.cache_blocks import blocks, in_one_piece, whole


class Elementwise(Kernel):
    """f of each value. Backward: upstream * f'(x), from the output if keeps_output, else from x.

    The methods see a block of values; `out` may be the memory of the first argument.
    """

    @abstractmethod
    def value(self, x: Array, out: Array) -> None:
        """Write f(x)."""

    @abstractmethod
    def gradient(self, upstream: Array, kept: Array, out: Array) -> None:
        """Write upstream * f'(x)."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x, out = whole(context, inputs[0]) if self.in_place else _apart(context, inputs[0])
        flat, flat_out = x.reshape(-1), out.reshape(-1)
        for cut in blocks(flat):
            self.value(flat[cut], flat_out[cut])
        return out, out if self.keeps_output else x

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
        flat, kept, flat_out = upstream.reshape(-1), saved.reshape(-1), out.reshape(-1)
        for cut in blocks(flat):
            self.gradient(flat[cut], kept[cut], flat_out[cut])
        return [out], NO_PARAMETERS


def _apart(context: Context, x: Array) -> tuple[Array, Array]:
    return in_one_piece(context, x), context.buffers.empty(x.shape)


class FromOutput(Elementwise):
    """An elementwise function whose slope follows from its value: the input is not needed."""

    in_place = True
    keeps_output = True


def let_through(values: Array, passing: Array, out: Array) -> None:
    """Write the values where `passing` is true, and 0 elsewhere, even in the place of infinity."""
    bits = np.dtype(f"i{values.itemsize}")
    mask = np.negative(passing.view(np.int8))  # all bits are 1 where it is true
    np.bitwise_and(values.view(bits), mask, out=out.view(bits))


def split(upstream: Array, passing: Array) -> tuple[Array, Array]:
    """Return the upstream gradient where it passes, and the rest of it; 0 elsewhere."""
    passed, rest = np.empty_like(upstream), np.empty_like(upstream)
    let_through(upstream, passing, passed)
    let_through(upstream, ~passing, rest)
    return passed, rest


def sigmoid(x: Array) -> Array:
    """Return 1/(1 + exp(-x)); an exp(-x) beyond all numbers gives the 0 it should."""
    with np.errstate(over="ignore"):
        below = np.exp(-x)
    below += 1
    return np.reciprocal(below, out=below)
