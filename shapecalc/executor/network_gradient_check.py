"""The gradients of a whole network: whether layers are joined as they should.

Each kernel is checked on its own (gradient_check.py); here the sum over consumers, the sharing of
weights and the order of the passes are. A random direction of all inputs and parameters is carried
forward: the change of a layer's output is the centred difference along the changes of what it
takes. Scaled anew at each layer, the step can be so small that hardly any unit of a large network
changes its side of a kink. The change of the outputs, times the upstream gradient, must be the
gradients times the direction. Inputs are moved so far that they have as large a part in this as the
parameters. Where it does not hold, a direction of the inputs alone, and one of the parameters
alone, tell whose gradients are wrong.

Source: forward mode against reverse mode, Griewank and Walther, "Evaluating Derivatives", 2008,
chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.engine import Step
from shapecalc.executor.gradient_check import SOME, root_mean_square, some_places, usual_step
from shapecalc.executor.rng import generator
from shapecalc.executor.session import Session

TITLES = ("inputs", "parameters")
GOLDEN = 0.618034
STEP = 1e-9  # of a layer's largest relative change
WHOLE = 1e-4  # the error that passes: rounding adds up from layer to layer
TOGETHER = 10  # so much less passes for both, where one may hide the error of the other
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
    """The errors of the inputs' and of the parameters' gradients, and the layers whose outputs may
    jump with rounding.
    """

    errors: dict[str, float]
    unsettled: list[str]


def whole_check(session: Session, inputs: Sequence[Array], seed: int) -> Whole:
    """Check a network along a random direction (float64).

    The session's last pass was backward, from `random_upstream`.
    """
    upstream = random_upstream(session, seed)
    together = _Direction(session, inputs, seed, TITLES)
    error = together.error(together.carried(upstream))
    errors = {title: error for title in TITLES if together.sizes[title]}
    unsettled = dict.fromkeys(together.unsettled)
    if len(errors) > 1 and not error <= WHOLE / TOGETHER:
        for title in TITLES:
            alone = _Direction(session, inputs, seed, [title])
            errors[title] = alone.error(alone.carried(upstream))
            unsettled |= dict.fromkeys(alone.unsettled)
    return Whole(errors, [*unsettled])


class _Direction:
    """A random direction of the inputs, of the parameters or of both, and the gradient along it."""

    def __init__(
        self, session: Session, inputs: Sequence[Array], seed: int, titles: Sequence[str]
    ) -> None:
        self.engine, self.buffers, self.owned = session.engine, session.buffers, session.owned
        self.inputs, self.seed, self.titles = inputs, seed, titles
        self.analytic = 0.0
        self.spread = 0.0  # variance of `analytic` over all such directions
        self.sizes = dict.fromkeys(TITLES, 0)  # values that are changed
        self.unsettled: list[str] = []  # layers met
        self.least = 0.0  # smaller gradients are rounding, as behind a norm of a single value
        self.moved = 1.0 if len(titles) == 1 else self._balance()

    def _balance(self) -> float:
        """Return how far inputs are moved, for a part as large as that of the parameters."""
        given = [self.engine.gradients.get(index) for index in range(len(self.inputs))]
        theirs = sum(float(np.vdot(g, g)) for g in given if g is not None) ** 0.5
        others = 0.0
        for gradients, own in zip(
            self.engine.parameter_gradients, self.engine.parameters, strict=True
        ):
            for name in gradients.keys() & own.keys():
                gradient = gradients[name]
                few = min(1.0, SOME / max(1, gradient.size))
                others += few * usual_step(own[name]) ** 2 * float(np.linalg.norm(gradient)) ** 2
        ratio = others**0.5 / theirs if theirs else 0.0
        return ratio if ratio and isfinite(ratio) else 1.0

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
        if "inputs" not in self.titles:
            return None
        random = generator("direction of inputs", self.seed, index)
        change = random.standard_normal(self.inputs[index].shape)
        change *= self.moved
        gradient = self.engine.gradients.get(index)
        self._along("inputs", gradient, slice(None), change.reshape(-1), self.moved)
        return change

    def _along(
        self,
        title: str,
        gradient: Array | None,
        places: Array | slice,
        steps: Array,
        size: float,
    ) -> None:
        """Note the gradient of a tensor along its part of the direction."""
        self.sizes[title] += len(steps)
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
        own = self._of_parameters(index, step) if "parameters" in self.titles else {}
        ratios = [
            root_mean_square(c) / (root_mean_square(x) or 1)
            for x, c in given
            if x is not None and c is not None
        ]
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
            size = usual_step(array)
            steps = size * random.standard_normal(len(places))
            found[owner, name] = places, steps
            if index == owner:
                gradient = self.engine.parameter_gradients[owner].get(name)
                self._along("parameters", gradient, places, steps, size)
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


def _moved(buffers: Buffers, x: Array, change: Array | None, h: float) -> Array:
    if change is None or not h:
        return x
    moved = np.multiply(change, h, out=buffers.empty(x.shape))
    moved += x
    return moved
