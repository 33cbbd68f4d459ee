"""Steps down the gradient, as an example has them: each from the parameters that the last one left.

Momentum: v = momentum*v + gradient, then w - rate*v (Polyak, 1964; PyTorch's SGD). Adam: Kingma and
Ba, 2015, algorithm 1. Both start from rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.session import Session
from shapecalc.network.example import Example
from shapecalc.network.optimizer import Optimizer
from shapecalc.tracing import KnownTrace

ROUNDING = 1e-14  # of the largest gradient, or of 1: some 50 times float64's
Owned = tuple[int, str]  # a layer's number, and its parameter's name


class Computed(Protocol):
    """A computed example, which can be computed anew behind a step."""

    trace: KnownTrace
    example: Example
    session: Session

    def behind(self, parameters: Mapping[str, Array]) -> Computed:
        """Return the same example with other parameters."""


class Update(NamedTuple):
    """One step of one parameter, laid out for its kernel: what came back, what is kept for the next
    step (momentum's velocity, or Adam's two means), and what it was and is.
    """

    gradient: Array
    mean: Array
    square: Array
    before: Array
    after: Array


def updated(
    optimizer: Optimizer,
    rate: float,
    number: int,
    value: Array,
    gradient: Array,
    last: Update | None,
) -> Update:
    """Return the step of a number, from 1, by which a parameter goes down its gradient."""
    mean = np.zeros_like(value) if last is None else last.mean
    square = np.zeros_like(value) if last is None else last.square
    if not optimizer.adam:
        mean = optimizer.momentum * mean + gradient
        return Update(gradient, mean, square, value, value - rate * mean)
    mean = optimizer.beta1 * mean + (1 - optimizer.beta1) * gradient
    square = optimizer.beta2 * square + (1 - optimizer.beta2) * gradient**2
    first, second = corrections(optimizer, number)
    down = mean / first / (np.sqrt(square / second) + optimizer.epsilon)
    return Update(gradient, mean, square, value, value - rate * down)


def corrections(optimizer: Optimizer, number: int) -> tuple[float, float]:
    """Return by what Adam divides its means in a step, counted from 1."""
    if not optimizer.corrected:
        return 1.0, 1.0
    return 1 - optimizer.beta1**number, 1 - optimizer.beta2**number


def descent(computed: Computed) -> Iterator[dict[Owned, Update]]:
    """Yield every step of an example, each computed anew from the parameters of the last one."""
    example, rate = computed.example, computed.example.rate or 0.0
    last: dict[Owned, Update] = {}
    for number in range(1, example.steps + 1):
        if last:
            computed = computed.behind(_named(computed, last))
        engine, found = computed.session.engine, {}
        noise = _rounding(engine.parameter_gradients)
        for index, own in enumerate(engine.parameters):
            if not computed.trace.layers[index].learns:
                continue
            for name, value in own.items():
                gradient = engine.parameter_gradients[index].get(name)
                gradient = np.zeros_like(value) if gradient is None else np.array(gradient)
                if example.optimizer.adam:
                    gradient = np.where(np.abs(gradient) <= noise, 0.0, gradient)
                key = (index, name)
                found[key] = updated(
                    example.optimizer, rate, number, np.array(value), gradient, last.get(key)
                )
        last = found
        yield found


def _rounding(gradients: Sequence[Mapping[str, Array]]) -> float:
    """Return up to where a gradient is the rounding of a sum that comes to 0, such as 0.1 + 0.2
    - 0.3: Adam divides by its size, and would make a whole step of that.
    """
    arrays = [array for own in gradients for array in own.values() if array.size]
    return ROUNDING * max([1.0, *(float(np.abs(array).max()) for array in arrays)])


def _named(computed: Computed, updates: Mapping[Owned, Update]) -> dict[str, Array]:
    """Return the parameters after a step by the names that an example gives them."""
    steps, layers = computed.session.engine.steps, computed.trace.layers
    return {
        f"{layers[index].name}.{name}": steps[index].kernel.from_kernel_layout(name, update.after)
        for (index, name), update in updates.items()
    }
