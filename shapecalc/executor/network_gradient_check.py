"""The gradients of a whole network: whether layers are joined as they should.

Each kernel is checked on its own (gradient_check.py); here the sum over consumers, the sharing of
weights and the order of the passes are. A random direction of all inputs, or of all parameters, is
carried forward: the change of a layer's output is the centred difference along the changes of what
it takes. Scaled anew at each layer, the step can be so small that hardly any unit of a large
network changes its side of a kink. The change of the outputs, times the upstream gradient, must be
the gradients times the direction.

Source: forward mode against reverse mode, Griewank and Walther, "Evaluating Derivatives", 2008,
chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.engine import Step
from shapecalc.executor.gradient_check import some_places
from shapecalc.executor.rng import generator
from shapecalc.executor.session import Session

GOLDEN = 0.618034
STEP = 1e-9  # of a layer's largest relative change
_Moves = dict[tuple[int, str], tuple[Array, Array]]  # places and steps, by owner and name
LEAST = 1e-2  # of the outputs themselves: rounding is some 1e-7 of them


def random_upstream(session: Session, seed: int) -> dict[int, Array]:
    """Return a random gradient for every output of the network, after a forward pass."""
    random = generator("upstream", seed)
    dtype = session.buffers.dtype
    return {
        index: random.standard_normal(session.value(index).shape).astype(dtype)
        for index in session.trace.spec.outputs.values()
        if index is not None
    }


class Whole(NamedTuple):
    """The error along one direction of all inputs and one of all parameters, and the layers whose
    outputs may jump with rounding.
    """

    errors: dict[str, float]
    unsettled: list[str]


def whole_check(session: Session, inputs: Sequence[Array], seed: int) -> Whole:
    """Check a network along a random direction of its inputs, and of its parameters (float64).

    The session's last pass was backward, from `random_upstream`.
    """
    upstream = random_upstream(session, seed)
    errors, unsettled = {}, dict[str, None]()
    for title in ("inputs", "parameters"):
        direction = _Direction(session, inputs, seed, title)
        numeric = direction.carried(upstream)
        if direction.size:
            errors[title] = direction.error(numeric)
        unsettled |= dict.fromkeys(direction.unsettled)
    return Whole(errors, [*unsettled])


class _Direction:
    """A random direction of the inputs or of the parameters, and the gradient along it."""

    def __init__(self, session: Session, inputs: Sequence[Array], seed: int, title: str) -> None:
        self.engine, self.buffers, self.owned = session.engine, session.buffers, session.owned
        self.inputs, self.seed, self.title = inputs, seed, title
        self.analytic = 0.0
        self.spread = 0.0  # variance of `analytic` over all such directions
        self.size = 0  # values that are changed
        self.unsettled: list[str] = []  # layers met
        self.least = 0.0  # smaller gradients are rounding, as behind a norm of a single value

    def error(self, numeric: float) -> float:
        """Return the relative error; a direction that happens to change little is no excuse for
        noticing rounding, so it is relative to what a direction changes on average at least.
        """
        a, n, usual = self.analytic, numeric, self.spread**0.5
        error = float(abs(a - n) / max(1e-8, abs(a) + abs(n), usual, self.least))
        return error if error == error else float("inf")

    def carried(self, upstream: Mapping[int, Array]) -> float:
        """Return upstream · (the change of the outputs) for a direction of length 1."""
        values: list[Array | None] = [*self.inputs]
        changes = [self._of_input(index) for index in range(len(values))]
        for index, step in enumerate(self.engine.steps):
            value, change = self._through(index, step, values, changes)
            values.append(value)
            changes.append(change)
            for source in step.last_uses:
                if source not in upstream:
                    values[source] = changes[source] = None
        found = [(r, changes[index]) for index, r in upstream.items()]
        seen = [np.linalg.norm(r * values[index]) for index, r in upstream.items()]
        self.least = (100 if self._few() else LEAST) * float(np.linalg.norm(seen))
        return sum(float(np.vdot(r, change)) for r, change in found if change is not None)

    def _few(self) -> bool:
        """Say whether some layer normalizes one or two values: their gradient is near 0, and what
        is left of it is rounding, many times enlarged.
        """
        shapes = [x.shape for x in self.inputs] + self.engine.shapes
        steps = (step for step in self.engine.steps if step.sources)
        return any(step.kernel.degenerate(shapes[step.sources[0]]) for step in steps)

    def _of_input(self, index: int) -> Array | None:
        if self.title != "inputs":
            return None
        change = generator("direction of inputs", self.seed, index).standard_normal(
            self.inputs[index].shape
        )
        self._along(self.engine.gradients.get(index), slice(None), change.reshape(-1), 1)
        return change

    def _along(
        self, gradient: Array | None, places: Array | slice, steps: Array, size: float
    ) -> None:
        """Note the gradient of a tensor along its part of the direction."""
        self.size += len(steps)
        if gradient is not None:
            flat = np.ascontiguousarray(gradient).reshape(-1)[places]
            self.analytic += float(flat @ steps)
            self.spread += (size * float(np.linalg.norm(flat))) ** 2

    def _through(
        self,
        index: int,
        step: Step,
        values: Sequence[Array | None],
        changes: Sequence[Array | None],
    ) -> tuple[Array, Array | None]:
        """Return a layer's output, and how it changes."""
        given = [(values[source], changes[source]) for source in step.sources]
        if step.kernel.is_unsettled(
            self.engine.contexts[index], [x for x, _ in given if x is not None]
        ):
            self.unsettled.append(step.name)
        own = self._of_parameters(index, step) if self.title == "parameters" else {}
        ratios = [_size(c) / (_size(x) or 1) for x, c in given if x is not None and c is not None]
        fastest = max([*ratios, *([1.0] if own else [])], default=0.0)
        if not fastest:
            return self._forward(index, step, given, own, 0.0), None
        h = STEP / fastest * (1 + index * GOLDEN % 1)  # else equal layers round alike, and add up
        ahead = self._forward(index, step, given, own, h)
        behind = self._forward(index, step, given, own, -h)
        value = np.add(ahead, behind, out=self.buffers.empty(ahead.shape))
        value /= 2
        ahead -= behind
        ahead /= 2 * h
        return value, ahead

    def _of_parameters(self, index: int, step: Step) -> _Moves:
        """Return places and steps for each learned parameter, the same for all who share it."""
        found: _Moves = {}
        used = [(step.owner, name) for name in self.engine.parameters[step.owner]]
        used += [(one.owner, name) for name, one in step.shared.items()]
        for owner, name in used:
            array = self.engine.parameters[owner][name]
            number = [*self.engine.parameters[owner]].index(name)
            if not self.owned[owner][name].learned:
                continue
            random = generator("direction of parameters", self.seed, owner, number)
            places = some_places(array.size, random)
            size = max(0.01, _size(array))
            steps = size * random.standard_normal(len(places))
            found[owner, name] = places, steps
            if index == owner:
                gradient = self.engine.parameter_gradients[owner].get(name)
                self._along(gradient, places, steps, size)
        return found

    def _forward(
        self,
        index: int,
        step: Step,
        given: Sequence[tuple[Array | None, Array | None]],
        own: _Moves,
        h: float,
    ) -> Array:
        """Return a layer's output with everything moved by h along the direction."""
        inputs = [_moved(self.buffers, x, change, h) for x, change in given if x is not None]
        before = {}
        for (owner, name), (places, steps) in own.items():
            flat = self.engine.parameters[owner][name].reshape(-1)
            before[owner, name] = flat[places]
            flat[places] += h * steps
        context = self.engine.contexts[index]
        context.overwrite = False
        output, _ = step.kernel.forward(context, inputs, self.engine.parameters_of(step))
        for (owner, name), (places, _) in own.items():
            self.engine.parameters[owner][name].reshape(-1)[places] = before[owner, name]
        return output


def _size(array: Array) -> float:
    """Return the root of the mean square."""
    mean: float = np.linalg.norm(array) / max(1, array.size) ** 0.5
    return mean


def _moved(buffers: Buffers, x: Array, change: Array | None, h: float) -> Array:
    if change is None or not h:
        return x
    moved = np.multiply(change, h, out=buffers.empty(x.shape))
    moved += x
    return moved
