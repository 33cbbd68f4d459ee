"""Every layer's gradients checked where the layer stands, in one pass through the network.

While the network runs forward, each layer is run again with all it takes moved by h along a
direction v, its inputs and its learned parameters alike: that gives (y(t + h v) - y(t))/h. On the
way back each layer gets random values r for its upstream gradient, and what it returns must satisfy

    r . (y(t + h v) - y(t))/h = sum over inputs and parameters of g . v

Where the layer multiplies (it has no kinks and takes long) one step ahead does; elsewhere the
difference is centred, and r is 0 at kinks. The error is relative to the tensor whose part in the
sum is the smallest, so that nothing hides behind another: steps are as large as a tensor's values,
a bias's as large as the output's. Where kinks leave a tensor no gradient, nothing is said of it.
What is wrong, or not conclusive, gradient_check.py checks again.

Since no layer depends on what others return, the joins are checked beside (joins_check.py).

Source: the dot-product test of adjoints, Claerbout, "Earth Soundings Analysis", 1992, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import gcd, inf, isfinite, prod, sqrt
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Step
from shapecalc.executor.gradient_check import (
    BALANCED,
    GOOD,
    LEAST,
    ONWARD,
    Tensor,
    centred,
    is_small,
    root_mean_square,
)
from shapecalc.executor.joins_check import JoinsCheck
from shapecalc.executor.limits import MOST
from shapecalc.executor.network_gradient_check import random_upstream
from shapecalc.executor.pattern import Pattern
from shapecalc.executor.rng import DIFFERENT
from shapecalc.executor.session import Session

MANY = 16  # parameters that a layer may have
STEP = 1e-6  # of a centred difference: in a network, layers meet values that are large for them
KINK = 1e-5 * STEP  # second differences beyond so much of an output's size are kinks
MOST_KINKS = 0.75  # of all outputs: with more, too few are compared


class _Move(NamedTuple):
    """How a parameter is moved: values at some places, laid out flat, by `by` times its pattern."""

    places: slice
    steps: Array
    by: float


class _Part(NamedTuple):
    """What a tensor's gradient gives along the direction, and what that usually is."""

    slope: float
    usual: float


class _Asked(NamedTuple):
    """What a layer's backward pass has to satisfy."""

    slope: float  # r . (y(t + h v) - y(t))/h
    kinks: Array  # places in the output, laid out flat
    shape: tuple[int, ...]  # the output's
    inputs: Sequence[tuple[int, ...]]  # the shapes of the inputs
    moves: Mapping[str, _Move]


class InNetworkCheck:
    """Checks a session's network (float64) in its next pass forward and backward."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.engine, self.buffers = session, session.engine, session.buffers
        self.seed = seed
        self.directions, self.upstreams, self.of_parameters = (Pattern(seed, n) for n in range(3))
        self.joins = JoinsCheck(self.engine, self.directions)
        self.tensors: dict[int, list[Tensor]] = {}  # of the layers that were found right
        self.small: set[int] = set()  # layers with tensors that are to be checked value by value
        self._sizes: dict[int, float] = {}  # root mean squares of values
        self._asked: dict[int, _Asked] = {}
        self._kept: Array | None = None  # a copy of what a layer writes over
        self._lent: Array | None = None  # an upstream gradient that nobody may write over

    def run(self, inputs: Sequence[Array]) -> None:
        """Run forward, and backward from random upstream gradients."""
        self.engine.watch = self
        try:
            for value, array in zip(self.engine.numbers.inputs, inputs, strict=True):
                self._made(value, array)
            self.engine.forward(inputs)
            upstream = random_upstream(self.session, self.seed)
            for value, gradient in upstream.items():
                self.joins.gave(value, gradient)
            self.engine.backward(upstream)
            self._compare_sums()
        finally:
            self.engine.watch = None

    @property
    def right(self) -> bool:
        """Say whether all layers that a gradient came to were found right, and all joins."""
        return self.joins.hold and self.tensors.keys() >= self.engine.reached

    @property
    def large(self) -> dict[int, list[Tensor]]:
        """Return the results of layers of which no tensor is to be checked value by value."""
        return {i: found for i, found in self.tensors.items() if i not in self.small}

    @property
    def joined(self) -> dict[str, float]:
        """Return the largest error of layers and joins, for inputs and parameters if there are."""
        layers = [t.error for found in self.tensors.values() for t in found if t.error is not None]
        most = max(layers, default=0.0)
        errors = {}
        if self.engine.numbers.inputs:
            errors["inputs"] = max(most, self.joins.inputs)
        if any(p.learned for owned in self.session.owned for p in owned.values()):
            errors["parameters"] = max(most, self.joins.parameters)
        return errors

    # -- forward -----------------------------------------------------------------------------------

    def _made(self, value: int, array: Array) -> None:
        self._sizes[value] = max(LEAST, root_mean_square(array))
        self.joins.made(value, array)

    def before(self, index: int, given: Sequence[Array]) -> None:
        """Look at what a layer takes, before it may write over it."""
        for source, array in zip(self.engine.steps[index].sources, given, strict=True):
            self.joins.taken(source, array)
        overwrite = self.engine.contexts[index].overwrite
        self._kept = self.buffers.copy(given[0]) if overwrite else None

    def after(self, index: int, given: Sequence[Array], output: Array) -> None:
        """Run a layer again with everything moved."""
        self._made(self.engine.numbers.of(index), output)
        step, context = self.engine.steps[index], self.engine.contexts[index]
        before = given if self._kept is None else [self._kept]
        state = context.macs, context.overwrite
        context.overwrite = False
        self._asked[index] = self._differences(index, step, before, output)
        context.macs, context.overwrite = state
        self._kept = None

    def _differences(self, index: int, step: Step, given: Sequence[Array], output: Array) -> _Asked:
        value, macs = self.engine.numbers.of(index), self.engine.contexts[index].macs
        moves = self._moves(step, self._sizes[value])
        none = np.empty(0, np.intp)
        shapes = [x.shape for x in given]
        sizes = [x.size for x in given] + [self._parameter(step, name).size for name in moves]
        examples = len(output)
        once = (output.size + macs) * min(examples, MOST) // examples
        if any(is_small(size, once) for size in sizes):
            self.small.add(index)
        if macs > output.size:
            ahead = self._forward(index, given, moves, ONWARD)
            ahead -= output
            slope = self.upstreams.dot(index, ahead) / ONWARD
            return _Asked(slope, none, output.shape, shapes, moves)
        ahead = self._forward(index, given, moves, STEP)
        behind = self._forward(index, given, moves, -STEP)
        middle = self.buffers.copy(output) if not output.flags.c_contiguous else output
        kinks = centred(ahead, behind, middle, STEP, KINK * self._sizes[value])
        ahead.reshape(-1)[kinks] *= 0  # what is no number stays none
        slope = self.upstreams.dot(index, ahead)
        return _Asked(slope, kinks, output.shape, shapes, moves)

    def _moves(self, step: Step, size: float) -> dict[str, _Move]:
        """Return how the learned parameters are moved of a layer whose output has a size."""
        moves = {}
        for name in self.engine.parameters_of(step):
            owner = self._owner(step, name)
            parameter = self.session.owned[owner][name]
            if parameter.learned:
                values = self.engine.parameters[owner][name].reshape(-1)
                places, steps = self._direction(owner, name)
                some = values[places]
                by = max(LEAST, root_mean_square(some)) * sqrt(values.size / max(1, some.size))
                if parameter.role == "bias":
                    by = max(by, size)
                moves[name] = _Move(places, steps, by)
        return moves

    def _direction(self, owner: int, name: str) -> tuple[slice, Array]:
        """Return places in a parameter, laid out flat, and the steps there."""
        size = self.engine.parameters[owner][name].size
        apart = max(1, size // DIFFERENT)
        while gcd(apart, size) > 1:  # so that all filters and channels have as many
            apart += 1
        places = slice(None, DIFFERENT * apart, apart)
        number = [*self.engine.parameters[owner]].index(name)
        steps = self.of_parameters.window(owner * MANY + number, len(range(size)[places]))
        return places, steps

    def _owner(self, step: Step, name: str) -> int:
        return step.shared[name].owner if name in step.shared else step.owner

    def _parameter(self, step: Step, name: str) -> Array:
        return self.engine.parameters[self._owner(step, name)][name]

    def _forward(
        self, index: int, given: Sequence[Array], moves: Mapping[str, _Move], h: float
    ) -> Array:
        """Return a layer's output with everything moved by h, in memory of its own."""
        step = self.engine.steps[index]
        inputs = []
        for source, x in zip(step.sources, given, strict=True):
            moved = self.buffers.empty(x.shape)
            self.directions.moved(source, x, h * self._sizes[source], moved)
            inputs.append(moved)
        with self._moved(step, moves, h):
            output, _ = step.kernel.forward(
                self.engine.contexts[index], inputs, self.engine.parameters_of(step)
            )
        alone = output.flags.c_contiguous and output.flags.writeable
        return output if alone else self.buffers.copy(output)

    @contextmanager
    def _moved(self, step: Step, moves: Mapping[str, _Move], h: float) -> Iterator[None]:
        flat = {name: self._parameter(step, name).reshape(-1) for name in moves}
        before = {name: flat[name][move.places].copy() for name, move in moves.items()}
        for name, move in moves.items():
            flat[name][move.places] += h * move.by * move.steps
        try:
            yield
        finally:
            for name, move in moves.items():
                flat[name][move.places] = before[name]

    # -- backward ----------------------------------------------------------------------------------

    def upstream(self, index: int, above: Array) -> Array:
        """Compare what comes to a layer's output; return the random values it gets instead."""
        value, asked = self.engine.numbers.of(index), self._asked[index]
        self.joins.came(value, above)
        if above.shape != asked.shape:
            return above  # the layer's check, and the joins', will tell
        mine = self.engine.contexts[index].overwrite
        over = mine and above.flags.c_contiguous
        instead = above if over else self.buffers.empty(above.shape)
        self.upstreams.fill(index, instead)
        instead.reshape(-1)[asked.kinks] = 0
        self._lent = None if mine else instead
        return instead

    def returned(
        self,
        index: int,
        below: Sequence[Array | None],
        learned: Mapping[str, Array],
    ) -> None:
        """Compare what a layer gives back."""
        step, asked = self.engine.steps[index], self._asked.pop(index)
        if self._lent is not None and not self._is_untouched(index, self._lent, asked.kinks):
            return
        parts: list[_Part] = []
        for source, shape, gradient in zip(step.sources, asked.inputs, below, strict=True):
            if gradient is None or gradient.shape != shape:
                return
            by, part = self._sizes[source], self.joins.gave(source, gradient)
            parts.append(_Part(by * part, by * float(np.linalg.norm(gradient))))
        for name, move in asked.moves.items():
            if name not in learned:
                return
            some = self._some(step, name, learned[name], move)
            if some is None:
                return
            part = float(some @ move.steps)
            self.joins.learned((self._owner(step, name), name), part)
            parts.append(_Part(move.by * part, move.by * float(np.linalg.norm(some))))
        error = _error(asked.slope, parts)
        few = len(asked.kinks) <= MOST_KINKS * prod(asked.shape)
        hidden = len(asked.kinks) > 0 and any(not part.usual for part in parts)
        if error <= GOOD / BALANCED and few and not hidden:
            names = [f"input {i + 1}" if i else "input" for i, _ in enumerate(step.sources)]
            self.tensors[index] = [Tensor(name, error, False) for name in [*names, *asked.moves]]

    def _is_untouched(self, index: int, upstream: Array, kinks: Array) -> bool:
        """Say whether an upstream gradient is as it was given."""
        before = self.buffers.empty(upstream.shape)
        self.upstreams.fill(index, before)
        before.reshape(-1)[kinks] = 0
        return np.array_equal(before, upstream)

    def _some(self, step: Step, name: str, gradient: Array, move: _Move) -> Array | None:
        """Return a parameter's gradient at the places that were moved; None for a wrong shape."""
        if gradient.shape != self.engine.parameters_of(step)[name].shape:
            return None
        if name in step.shared:  # laid out otherwise here
            places = np.arange(gradient.size).reshape(self._parameter(step, name).shape)
            laid_out = self.engine.as_taken(step, name, places).reshape(-1)
            flat = np.empty(gradient.size, gradient.dtype)
            flat[laid_out] = np.ascontiguousarray(gradient).reshape(-1)
            return flat[move.places]
        return np.ascontiguousarray(gradient).reshape(-1)[move.places]

    def _compare_sums(self) -> None:
        """Compare what came to the network's inputs, and to each parameter."""
        for value in self.engine.numbers.inputs:
            gradient = self.engine.gradients.get(value)
            if gradient is not None:
                self.joins.came(value, gradient)
        for owner, gradients in enumerate(self.engine.parameter_gradients):
            for name, gradient in gradients.items():
                parameter = self.engine.parameters[owner].get(name)
                if parameter is not None and gradient.shape == parameter.shape:
                    places, steps = self._direction(owner, name)
                    flat = np.ascontiguousarray(gradient).reshape(-1)
                    self.joins.summed((owner, name), float(flat[places] @ steps))
        self.joins.ended()


def _error(slope: float, parts: Sequence[_Part]) -> float:
    """Return how far a slope is from the sum of its parts, relative to the smallest of them; a
    gradient that is 0 everywhere has none.
    """
    usual = [part.usual for part in parts if part.usual]
    if not usual:
        return 0.0 if not slope else inf
    error = float(abs(slope - sum(part.slope for part in parts)) / min(usual))
    return error if isfinite(error) else inf
