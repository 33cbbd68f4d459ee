"""What every kernel is: a forward, which says what the backward needs, and a backward.

Arrays are channels last here: N x spatial sizes x D, or N x units. Outside the executor they are
shown depth first (arrays.py). Windows over the padded array decide every size: nothing in this
folder knows the calculator's formulas.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.rng import generator

Parameters = Mapping[str, Array]
Saved = Any  # what a kernel's forward keeps for its backward


@dataclass
class Context:
    """What a kernel is told of the run, and where it counts its multiplications."""

    buffers: Buffers
    training: bool = True
    fast: bool = False  # Winograd's convolution is allowed: quicker, and less exact
    plain: bool = False  # only the plain methods, which the others are checked against
    seed: Sequence[int] = (0,)  # of this layer in this run: a dropout's mask follows from it
    overwrite: bool = False  # the first input, or the upstream gradient, may be written over
    examples: int = field(default=1, init=False)  # in the batch
    macs: int = field(default=0, init=False)  # multiply-accumulates done so far

    def matmul(self, a: Array, b: Array, out: Array | None = None) -> Array:
        """Return the matrix product a @ b, its multiplications counted."""
        self.macs += a.size * b.shape[-1]
        if out is None and a.ndim == b.ndim == 2:
            out = self.buffers.empty((a.shape[0], b.shape[1]))
        elif out is None:
            leading = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
            out = self.buffers.empty((*leading, a.shape[-2], b.shape[-1]))
        return np.matmul(a, b, out=out)

    def random(self) -> np.random.Generator:
        """Return the layer's own source of random numbers, the same one at every call."""
        return generator("layer", *self.seed)

    def target(self, array: Array) -> Array:
        """Return where a result as large as `array` goes: over it if allowed, or a new array."""
        return array if self.overwrite else self.buffers.empty(array.shape)


class Kernel(ABC):
    """One layer's computation. `layer` holds the fields of the spec.

    forward(context, inputs, parameters) returns the output and what backward needs of it.
    backward(context, upstream, saved, parameters, wanted) returns the gradients of the inputs, as
    far as `wanted` asks for them (None elsewhere), and of the parameters by name. `upstream` is
    the gradient of the loss with respect to the output, and has its shape.
    """

    in_place: bool = False  # forward can write its output over its (only) input
    keeps_output: bool = False  # backward needs the output: nobody may overwrite it
    above_0: bool = False  # its values are numbers, and its slopes, for inputs above 0 alone

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def degenerate(self, shape: tuple[int, ...]) -> bool:
        """Say whether outputs depend on one or two values less their mean: such gradients are
        rounding. `shape` is the (first) input's.
        """
        return False

    def leaves_windows_empty(self, shape: tuple[int, ...]) -> bool:
        """Say whether some outputs are minus infinity whatever the input, the maximum of nothing.

        `shape` is the (first) input's.
        """
        return False

    def is_unsettled(self, context: Context, inputs: Sequence[Array]) -> bool:
        """Say whether rounding alone may send a value to another place, so that outputs jump."""
        return False

    def to_kernel_layout(self, name: str, values: Array) -> Array:
        """Return a parameter laid out for the kernel, given in PyTorch's layout."""
        return values

    def from_kernel_layout(self, name: str, values: Array) -> Array:
        """Return a parameter or its gradient in PyTorch's layout, as a view."""
        return values

    @abstractmethod
    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        """Return the output, and what the backward pass needs."""

    @abstractmethod
    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        """Return the gradients of the inputs and of the parameters."""


NO_PARAMETERS: Parameters = {}


def zeros_for(
    context: Context, shapes: Sequence[tuple[int, ...]], wanted: Sequence[bool]
) -> list[Array | None]:
    """Return the gradients of inputs that an output does not change with."""
    return [
        context.buffers.zeros(shape) if asked else None
        for shape, asked in zip(shapes, wanted, strict=True)
    ]
