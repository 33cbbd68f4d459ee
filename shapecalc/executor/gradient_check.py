"""Analytic against numeric gradients: a layer's backward pass checked by its forward pass alone.

The centred difference of r·y, (r·y(t + h v) - r·y(t - h v))/2h with h = 1e-5 in float64, is
compared with g·v, for the upstream gradient r, the gradient g that backward returns, and
directions v: every single value of a small tensor in turn, random directions of all large tensors
at once (a wrong value shows in almost every direction; steps are as large as a tensor's values, so
that each has its weight in the sum). Where the sum is wrong, each tensor is checked on its own. The
error is CS231n's rel_error, max|a - n| / max(1e-8, max(|a| + |n|)): above 1e-2 wrong, up to 1e-4
usual with kinks, 1e-7 or less good.

What multiplies has no kinks and takes long. There one step ahead does, (r·y(t + h v) - r·y(t))/h
with h = 3e-8, in a direction in which g·v is as large for each tensor: backward runs first. Where
that is wrong, all is done as above.

Where an output lies at a kink of relu or at a tie of a maximum, a difference says nothing: its
second difference is of the order h there, h^2 elsewhere. Such outputs are left out (r = 0), and so
is the minus infinity that a max pool gives where a window lies wholly in the padding.

Source: Stanford CS231n, "Neural Networks Part 3: Gradient Checks".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import sqrt
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array, Buffers, same_memory
from shapecalc.executor.kernels import KERNELS, Context, Kernel, Saved
from shapecalc.executor.kernels.cache_blocks import blocks
from shapecalc.executor.parameters import kernel_shape
from shapecalc.executor.rng import DIFFERENT, generator, normal, repeat
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
DIRECTIONS = 2  # for larger tensors; one
COSTLY = 2**26  # where a forward pass of the layer has more values and multiplications
TOGETHER = 100  # so much less passes for a sum, in which the others hide an error of one tensor
ONWARD = 2.0**-25  # the step of a one-sided difference
BALANCED = 3  # so much less passes for a sum in which every tensor has as large a part
MOST_STRETCHED = 1000.0  # times its usual step a tensor is moved for that
SOME = 2**18  # values of a tensor that one direction changes at most
LEAST = 0.01  # how far values are moved that are all 0


class Tensor(NamedTuple):
    """The result for one tensor. `error` is None where no gradient of its shape was returned."""

    name: str
    error: float | None
    exhaustive: bool
    fault: str = ""  # what was returned instead


# By tensor: places in it, laid out flat, and the steps there.
Direction = Mapping[str, tuple[Array, Array]]


class Differences(NamedTuple):
    """Centred differences of the output along directions of some tensors at once."""

    names: Sequence[str]
    directions: Sequence[Direction]
    slopes: Sequence[Array]  # (y+ - y-)/2h for each
    exhaustive: bool


def check_layer(
    record: KnownRecord,
    *,
    batch: int,
    seed: tuple[int, ...],
    training: bool,
    dtype: str,
    buffers: Buffers | None = None,
) -> list[Tensor]:
    """Check a layer's gradients on random inputs and parameters of its predicted shapes.

    `buffers`, of float64, may have memory of earlier layers.
    """
    random = generator("checked layer", *seed)
    layer, volumes = record.layer, record.input
    assert layer is not None, "a sound spec has every layer"
    assert volumes is not None, "a sound spec has every volume"
    kernel = KERNELS[record.kind](layer)
    buffers = buffers or Buffers("float64")
    inputs = [normal(random, buffers.empty((batch, *volume))) for volume in volumes]
    if kernel.above_0:
        inputs = [0.5 + np.abs(x) for x in inputs]
    owned = layer.parameters(volumes)
    parameters = {
        name: _values(random, parameter, buffers.empty(kernel_shape(kernel, name, parameter)))
        for name, parameter in owned.items()
    }
    return LayerCheck(
        kernel, inputs, parameters, [name for name, p in owned.items() if p.learned],
        training=training, dtype=dtype, seed=seed, buffers=buffers,
    ).run()  # fmt: skip


def _values(random: np.random.Generator, parameter: Parameter, values: Array) -> Array:
    """Fill a parameter with random values, of a size that keeps a layer's output about 1."""
    some = random.standard_normal(min(values.size, DIFFERENT))
    if not parameter.negative:
        some = 0.5 + np.abs(some)
    elif parameter.start is None:
        some /= np.sqrt(parameter.fan_in)
    elif parameter.role == "weight":
        some = 1 + 0.2 * some
    repeat(some, values)
    return values


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
        buffers: Buffers | None = None,
    ) -> None:
        self.kernel = kernel
        self.inputs = list(inputs)
        self.parameters, self.learned = dict(parameters), learned
        self.training, self.dtype, self.seed = training, dtype, seed
        self.random = generator("checked gradient", *seed)
        self.buffers = buffers or Buffers("float64")
        self.macs = 0
        self.tensors = {f"input {i + 1}" if i else "input": x for i, x in enumerate(self.inputs)}
        self.tensors |= {name: self.parameters[name] for name in learned}
        self.output, self.saved = self._forward()
        empty = kernel.leaves_windows_empty(self.inputs[0].shape)
        self.empty = np.isneginf(self.output) if empty else None
        self.steady = np.ones(self.output.shape, bool)  # outputs away from kinks

    def run(self) -> list[Tensor]:
        """Return the error of every input's and learned parameter's gradient."""
        small = [name for name in self.tensors if self._is_small(name)]
        if not small and self.macs > self.output.size and (found := self._ahead()):
            return found
        large = [name for name in self.tensors if name not in small]
        results = self._results([*([name] for name in small), large])
        most = bound(self.dtype) / TOGETHER
        errors = [results[name].error for name in large]
        if len(large) > 1 and not all(e is not None and e <= most for e in errors):
            results = self._results([[name] for name in self.tensors])
        return [results[name] for name in self.tensors]

    def _is_small(self, name: str) -> bool:
        """Say whether a tensor is checked value by value."""
        return is_small(self.tensors[name].size, self.output.size + self.macs)

    def _context(self, buffers: Buffers) -> Context:
        return Context(buffers, self.training, seed=self.seed)

    def _forward(self) -> tuple[Array, Saved]:
        context = self._context(self.buffers)
        output, saved = self.kernel.forward(context, self.inputs, self.parameters)
        self.macs = context.macs
        view = any(same_memory(output, tensor) for tensor in self.inputs)
        return output.copy() if view else output, saved  # the inputs are about to be changed

    def _gradients(self, upstream: Array) -> dict[str, Array | None]:
        """Return what backward gives for every tensor, computed in the run's own precision."""
        double = self.dtype == "float64"
        inputs = [x.astype(self.dtype, copy=False) for x in self.inputs]
        parameters = {n: p.astype(self.dtype, copy=False) for n, p in self.parameters.items()}
        context = self._context(self.buffers if double else Buffers(self.dtype))
        saved, self.saved = self.saved, None  # a backward pass may write over it
        if saved is None or not double:
            _, saved = self.kernel.forward(context, inputs, parameters)
        wanted = [True] * len(inputs)
        above = upstream.astype(self.dtype, copy=False)
        below, learned = self.kernel.backward(context, above, saved, parameters, wanted)
        found = [*below, *(learned.get(name) for name in self.learned)]
        return dict(zip(self.tensors, found, strict=True))

    # -- one step ahead ----------------------------------------------------------------------------

    def _ahead(self) -> list[Tensor]:
        """Check all tensors by one step ahead; return nothing where that finds something wrong."""
        upstream = normal(self.random, self.buffers.empty(self.output.shape))
        gradients = self._gradients(upstream)
        if any(_misfit(gradients[name], tensor.shape) for name, tensor in self.tensors.items()):
            return []
        direction, analytic, usual = self._balanced(gradients)
        del gradients  # their memory is needed
        with self._moved(direction, ONWARD):
            ahead, _ = self._forward()
        ahead -= self.output
        numeric = float(np.vdot(upstream, ahead)) / ONWARD
        error = abs(analytic - numeric) / max(1e-8, abs(analytic) + abs(numeric), usual)
        if not error <= bound(self.dtype) / BALANCED:
            return []
        return [Tensor(name, error, False) for name in self.tensors]

    def _balanced(
        self, gradients: Mapping[str, Array | None]
    ) -> tuple[dict[str, tuple[Array, Array]], float, float]:
        """Return a random direction in which all tensors' gradients are as large, the sum of them
        along it, and what that sum usually is.
        """
        direction, slopes, usual = self._direction(self.tensors), {}, {}
        for name, (places, steps) in direction.items():
            some = _flat(gradients[name])[places]
            slopes[name] = float(some @ steps)
            usual[name] = root_mean_square(steps) * float(np.linalg.norm(some))
        most = max(usual.values())
        for name, (_, steps) in direction.items():
            stretch = min(MOST_STRETCHED, most / usual[name]) if usual[name] else 1.0
            steps *= stretch
            slopes[name] *= stretch
            usual[name] *= stretch
        return direction, sum(slopes.values()), float(np.linalg.norm([*usual.values()]))

    # -- steps to both sides -----------------------------------------------------------------------

    def _results(self, groups: Sequence[Sequence[str]]) -> dict[str, Tensor]:
        """Check groups of tensors, those of each along common directions."""
        parts = [self._differences(names) for names in groups if names]
        upstream = normal(self.random, self.buffers.empty(self.output.shape))
        if not self.steady.all():
            upstream *= self.steady
        gradients = self._gradients(upstream)
        least = self._least(upstream)
        found = [t for part in parts for t in self._compared(part, gradients, upstream, least)]
        return {tensor.name: tensor for tensor in found}

    def _differences(self, names: Sequence[str]) -> Differences:
        exhaustive = self._is_small(names[0])
        directions = list(self._single(names[0]) if exhaustive else self._random(names))
        slopes = [self._slope(direction) for direction in directions]
        return Differences(names, directions, slopes, exhaustive)

    def _single(self, name: str) -> Iterator[Direction]:
        """Yield the direction of each value in turn."""
        for place in range(self.tensors[name].size):
            yield {name: (np.array([place]), np.ones(1))}

    def _random(self, names: Sequence[str]) -> Iterator[Direction]:
        """Yield random directions of some tensors, one where a pass takes long."""
        for _ in range(1 if self.output.size + self.macs > COSTLY else DIRECTIONS):
            yield self._direction(names)

    def _direction(self, names: Iterable[str]) -> dict[str, tuple[Array, Array]]:
        """Return a random direction of some tensors, with steps as large as their values."""
        direction = {}
        for name in names:
            tensor = self.tensors[name]
            places = some_places(tensor.size, self.random)
            steps = self.random.standard_normal(len(places))
            steps *= usual_step(tensor)
            direction[name] = places, steps
        return direction

    @contextmanager
    def _moved(self, direction: Direction, h: float) -> Iterator[None]:
        """Have tensors moved by h along a direction."""
        flat = {name: self.tensors[name].reshape(-1) for name in direction}
        before = {name: flat[name][places] for name, (places, _) in direction.items()}
        for name, (places, steps) in direction.items():
            flat[name][places] = before[name] + h * steps
        yield
        for name, (places, _) in direction.items():
            flat[name][places] = before[name]

    def _slope(self, direction: Direction) -> Array:
        """Return the output's centred difference along a direction; notes kinks."""
        with self._moved(direction, STEP):
            ahead = np.ascontiguousarray(self._forward()[0])
        with self._moved(direction, -STEP):
            behind, _ = self._forward()
        self.steady.reshape(-1)[centred(ahead, behind, self.output, STEP, KINK)] = False
        if self.empty is not None:
            ahead[self.empty] = 0
        return ahead

    def _least(self, upstream: Array) -> float:
        """Return below which size a derivative is rounding.

        Inputs are of size 1 or so, and their rounding counts where the output is small.
        """
        output, above = self.output.reshape(-1), upstream.reshape(-1)
        square = 0.0
        for cut in blocks(above):
            sizes = np.abs(output[cut])
            sizes += 1
            if self.empty is not None:
                sizes[self.empty.reshape(-1)[cut]] = 0
            sizes *= above[cut]
            square += float(sizes @ sizes)
        noise = MOST_AMPLIFIED * ROUNDING * sqrt(square) / STEP
        return max(1e-8, noise / GOOD)

    def _compared(
        self,
        part: Differences,
        gradients: Mapping[str, Array | None],
        upstream: Array,
        least: float,
    ) -> Iterator[Tensor]:
        """Yield the result for each tensor of a group, the same for all whose gradients fit."""
        faults = {name: _misfit(gradients[name], self.tensors[name].shape) for name in part.names}
        analytic = np.zeros(len(part.directions))
        for name in part.names:
            if not faults[name]:
                flat = _flat(gradients[name])
                analytic += [flat[d[name][0]] @ d[name][1] for d in part.directions]
        numeric = np.array([np.vdot(upstream, slope) for slope in part.slopes])
        error = rel_error(analytic, numeric, least)
        for name, fault in faults.items():
            yield Tensor(name, None if fault else error, part.exhaustive, fault)


def is_small(size: int, once: int) -> bool:
    """Say whether a tensor is checked value by value, in passes of so many values and MACs."""
    return size <= FEW and 2 * size * once <= EFFORT


def centred(ahead: Array, behind: Array, middle: Array, h: float, kink: float) -> Array:
    """Write the centred difference of outputs over `ahead`; return the places, laid out flat, where
    it says nothing: the second difference is larger than `kink`.
    """
    kinks = []
    one, other, between = (array.reshape(-1) for array in (ahead, behind, middle))
    for cut in blocks(one):
        bend = one[cut] + other[cut]
        bend -= between[cut]
        bend -= between[cut]
        here = np.flatnonzero(~(np.abs(bend, out=bend) <= kink))
        one[cut] -= other[cut]
        one[cut] /= 2 * h
        kinks.append(here + cut.start)
    return np.concatenate([*kinks, np.empty(0, np.intp)])


def _flat(gradient: Array | None) -> Array:
    return np.ascontiguousarray(gradient, np.float64).reshape(-1)


def bound(dtype: str) -> float:
    """Return the largest error that passes where gradients are computed in a precision."""
    return GOOD if dtype == "float64" else GOOD_SINGLE


def _misfit(gradient: Array | None, shape: tuple[int, ...]) -> str:
    """Return what there is instead of a gradient of a shape, nothing if it has it."""
    if gradient is None:
        return "no gradient"
    return "" if gradient.shape == shape else f"a gradient of {gradient.shape}"


def root_mean_square(array: Array) -> float:
    """Return the root of the mean square, 0 of nothing."""
    mean: float = np.linalg.norm(array) / max(1, array.size) ** 0.5
    return mean


def usual_step(tensor: Array) -> float:
    """Return how far a direction moves a tensor's values: as far as they are large."""
    return max(LEAST, root_mean_square(tensor))


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
