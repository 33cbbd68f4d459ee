"""Analytic against numeric gradients: a layer's backward pass checked by its forward pass alone.

The centred difference of r·y, (r·y(t + h v) - r·y(t - h v))/2h with h = 1e-5 in float64, is
compared with g·v, for the upstream gradient r, the gradient g that backward returns, and
directions v: every single value of a small tensor in turn, random directions for a large one (a
wrong value shows in almost every direction). The error is CS231n's rel_error,
max|a - n| / max(1e-8, max(|a| + |n|)): above 1e-2 wrong, up to 1e-4 usual with kinks, 1e-7 or less
good.

Where an output lies at a kink of relu or at a tie of a maximum, a difference says nothing: its
second difference is of the order h there, h^2 elsewhere. Such outputs are left out (r = 0), and so
is the minus infinity that a max pool gives where a window lies wholly in the padding.

Source: Stanford CS231n, "Neural Networks Part 3: Gradient Checks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array, Buffers, same_memory
from shapecalc.executor.kernels import KERNELS, Context, Kernel
from shapecalc.executor.rng import generator
from shapecalc.layers.base import Parameter
from shapecalc.records import KnownRecord

STEP = 1e-5
ROUNDING = 2.0**-52
MOST_AMPLIFIED = 1000  # a norm of one value divides rounding by sqrt(eps)
KINK = 0.001 * STEP  # second differences beyond this are kinks
GOOD = 1e-6  # the largest error that passes in float64; kinks are left out, so little is needed
GOOD_SINGLE = 1e-3  # where the analytic gradient is computed in float32
FEW = 400  # a tensor of at most so many values is checked value by value,
EFFORT = 2**24  # if all the forward passes together have so many values and multiplications
MANY = 2**18  # different random values of a layer's weights; larger ones repeat them
DIRECTIONS = 2  # for larger tensors; one
COSTLY = 2**26  # where a forward pass of the layer has more values and multiplications
SOME = 2**18  # values of a tensor that one direction changes at most


class Tensor(NamedTuple):
    """The result for one tensor. `error` is None where no gradient of its shape was returned."""

    name: str
    error: float | None
    exhaustive: bool
    fault: str = ""  # what was returned instead


class Differences(NamedTuple):
    """Centred differences of the output along directions of one tensor."""

    name: str
    shape: tuple[int, ...]
    directions: Sequence[tuple[Array, Array]]  # places in the flat tensor, and the steps there
    slopes: Sequence[Array]  # (y+ - y-)/2h for each
    exhaustive: bool


def check_layer(
    record: KnownRecord, *, batch: int, seed: tuple[int, ...], training: bool, dtype: str
) -> list[Tensor]:
    """Check a layer's gradients on random inputs and parameters of its predicted shapes."""
    random = generator("checked layer", *seed)
    layer, volumes = record.layer, record.input
    assert layer is not None, "a sound spec has every layer"
    assert volumes is not None, "a sound spec has every volume"
    kernel = KERNELS[record.kind](layer)
    inputs = [random.standard_normal((batch, *volume)) for volume in volumes]
    if kernel.above_0:
        inputs = [0.5 + np.abs(x) for x in inputs]
    owned = layer.parameters(volumes)
    parameters = {
        name: np.ascontiguousarray(kernel.to_kernel_layout(name, _values(random, parameter)))
        for name, parameter in owned.items()
    }
    return LayerCheck(
        kernel, inputs, parameters, [name for name, p in owned.items() if p.learned],
        training=training, dtype=dtype, seed=seed,
    ).run()  # fmt: skip


def _values(random: np.random.Generator, parameter: Parameter) -> Array:
    """Return random values for a parameter, of a size that keeps a layer's output about 1."""
    some = random.standard_normal(min(prod(parameter.shape), MANY))
    if not parameter.negative:
        some = 0.5 + np.abs(some)
    elif parameter.start is None:
        some /= np.sqrt(parameter.fan_in)
    elif parameter.role == "weight":
        some = 1 + 0.2 * some
    return np.resize(some, parameter.shape)


class LayerCheck:
    """Checks one kernel on given inputs and parameters (float64, channels last).

    The `learned` ones have gradients.
    """

    def __init__(
        self,
        kernel: Kernel,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        learned: Sequence[str],
        *,
        training: bool,
        dtype: str,
        seed: tuple[int, ...],
    ) -> None:
        self.kernel = kernel
        self.inputs = list(inputs)
        self.parameters, self.learned = dict(parameters), learned
        self.training, self.dtype, self.seed = training, dtype, seed
        self.random = generator("checked gradient", *seed)
        self.buffers = Buffers("float64")
        self.macs = 0
        self.output = self._forward()
        empty = kernel.leaves_windows_empty(self.inputs[0].shape)
        self.empty = np.isneginf(self.output) if empty else None
        self.steady = np.ones(self.output.shape, bool)  # outputs away from kinks

    def run(self) -> list[Tensor]:
        """Return the error of every input's and learned parameter's gradient."""
        tensors = {f"input {i + 1}" if i else "input": x for i, x in enumerate(self.inputs)}
        tensors |= {name: self.parameters[name] for name in self.learned}
        found = [self._differences(name, tensor) for name, tensor in tensors.items()]
        upstream = self.random.standard_normal(self.output.shape)
        upstream *= self.steady
        self.buffers.let_go()
        gradients = dict(zip(tensors, self._gradients(upstream), strict=True))
        return [self._compared(part, gradients[part.name], upstream) for part in found]

    def _context(self, buffers: Buffers) -> Context:
        return Context(buffers, self.training, seed=self.seed)

    def _forward(self) -> Array:
        context = self._context(self.buffers)
        output, _ = self.kernel.forward(context, self.inputs, self.parameters)
        self.macs = context.macs
        view = any(same_memory(output, tensor) for tensor in self.inputs)
        return output.copy() if view else output  # the inputs are about to be changed

    def _gradients(self, upstream: Array) -> list[Array | None]:
        """Return what backward gives for every tensor, computed in the run's own precision."""
        buffers = Buffers(self.dtype)
        inputs = [x.astype(self.dtype, copy=False) for x in self.inputs]
        parameters = {n: p.astype(self.dtype, copy=False) for n, p in self.parameters.items()}
        context = self._context(buffers)
        _, saved = self.kernel.forward(context, inputs, parameters)
        wanted = [True] * len(inputs)
        above = upstream.astype(self.dtype, copy=False)
        below, learned = self.kernel.backward(context, above, saved, parameters, wanted)
        return [*below, *(learned.get(name) for name in self.learned)]

    def _differences(self, name: str, tensor: Array) -> Differences:
        once = self.output.size + self.macs
        exhaustive = tensor.size <= FEW and 2 * tensor.size * once <= EFFORT
        count = 1 if once > COSTLY else DIRECTIONS
        directions, slopes = [], []
        for places, steps in self._directions(tensor.size, count, exhaustive):
            directions.append((places, steps))
            slopes.append(self._slope(tensor, places, steps))
        return Differences(name, tensor.shape, directions, slopes, exhaustive)

    def _directions(self, size: int, count: int, exhaustive: bool) -> Iterator[tuple[Array, Array]]:
        if exhaustive:
            for place in range(size):
                yield np.array([place]), np.ones(1)
            return
        for _ in range(count):
            places = some_places(size, self.random)
            yield places, self.random.standard_normal(len(places))

    def _slope(self, tensor: Array, places: Array, steps: Array) -> Array:
        """Return the output's centred difference along one direction; notes kinks."""
        flat = tensor.reshape(-1)
        before = flat[places]
        flat[places] = before + STEP * steps
        ahead = self._forward()
        flat[places] = before - STEP * steps
        behind = self._forward()
        flat[places] = before
        bend = ahead + behind
        bend -= self.output
        bend -= self.output
        self.steady &= np.abs(bend, out=bend) <= KINK
        ahead -= behind
        ahead /= 2 * STEP
        if self.empty is not None:
            ahead[self.empty] = 0
        return ahead

    def _compared(self, part: Differences, gradient: Array | None, upstream: Array) -> Tensor:
        if gradient is None or gradient.shape != part.shape:
            fault = "no gradient" if gradient is None else f"a gradient of {gradient.shape}"
            return Tensor(part.name, None, part.exhaustive, fault)
        flat = np.ascontiguousarray(gradient, np.float64).reshape(-1)
        analytic = np.array([flat[places] @ steps for places, steps in part.directions])
        numeric = np.array([np.vdot(upstream, slope) for slope in part.slopes])
        # Inputs are of size 1 or so, and their rounding counts where the output is small.
        sizes = np.abs(self.output)
        sizes += 1
        if self.empty is not None:
            sizes[self.empty] = 0
        sizes *= upstream
        size = float(np.linalg.norm(sizes))
        noise = MOST_AMPLIFIED * ROUNDING * size / STEP
        error = rel_error(analytic, numeric, max(1e-8, noise / GOOD))
        return Tensor(part.name, error, part.exhaustive)


def some_places(size: int, random: np.random.Generator) -> Array:
    """Return the places in a flat tensor that a direction changes: all, or SOME spread over it."""
    if size <= SOME:
        return np.arange(size)
    between = size // SOME
    places: Array = np.arange(SOME) * between + random.integers(0, between, SOME)
    return places


def rel_error(a: Array, n: Array, least: float = 1e-8) -> float:
    """Return max|a - n| / max(1e-8, max(|a| + |n|)); infinite where something is not a number.

    `least` is 1e-8, or more where the differences' own rounding would pass for an error: behind a
    normalization of one or two values the gradient is 0.
    """
    scale = max(least, float(np.max(np.abs(a) + np.abs(n), initial=0)))
    error = float(np.max(np.abs(a - n), initial=0)) / scale
    return error if error == error else float("inf")
