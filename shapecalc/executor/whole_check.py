"""The gradients of a whole network against differences: whether layers are joined as they should.

Each kernel is checked on its own (gradient_check.py); here the sum over consumers, the sharing of
weights and the order of the passes are. Kinks cannot be left out, so the step is small and the
bound generous.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.gradient_check import SOME, rel_error
from shapecalc.executor.session import Session

STEP = 1e-7

Direction = list[tuple[Array, Array, Array]]  # a tensor, places in it, and the steps there


def random_upstream(session: Session, seed: int) -> dict[int, Array]:
    """Return a random gradient for every output of the network, after a forward pass."""
    random = np.random.default_rng((seed, 3))
    dtype = session.buffers.dtype
    return {
        index: random.standard_normal(session.value(index).shape).astype(dtype)
        for index in session.trace.spec.outputs.values()
        if index is not None
    }


def whole_check(session: Session, inputs: Sequence[Array], seed: int) -> dict[str, float]:
    """Return the error along one direction of all inputs, and of all parameters (float64).

    The session's last pass was backward, from `random_upstream`.
    """
    random = np.random.default_rng((seed, 4))
    engine = session.engine
    upstream = random_upstream(session, seed)
    tensors = {"inputs": [(x, engine.gradients.get(i)) for i, x in enumerate(inputs)]}
    tensors["parameters"] = [
        (array, engine.parameter_gradients[i].get(name))
        for i, own in enumerate(engine.parameters)
        for name, array in own.items()
        if not name.startswith("running")
    ]
    errors = {}
    plans = {}
    for title, pairs in tensors.items():
        direction, analytic = _direction(pairs, random)
        if direction:
            plans[title] = direction, analytic
    for title, (direction, analytic) in plans.items():
        ahead = _moved(session, inputs, direction, upstream, STEP)
        behind = _moved(session, inputs, direction, upstream, -STEP)
        numeric = (ahead - behind) / (2 * STEP)
        errors[title] = rel_error(np.array([analytic]), np.array([numeric]))
    return errors


def _direction(
    pairs: Sequence[tuple[Array, Array | None]], random: np.random.Generator
) -> tuple[Direction, float]:
    """Return a random direction, as large as the tensors' values are, and the gradient along it."""
    direction: Direction = []
    analytic = 0.0
    for tensor, gradient in pairs:
        places = np.arange(tensor.size)
        if tensor.size > SOME:
            places = np.unique(random.integers(0, tensor.size, SOME))
        size = max(0.01, float(np.sqrt(np.mean(np.square(tensor)))))
        steps = size * random.standard_normal(len(places))
        direction.append((tensor, places, steps))
        if gradient is not None:
            analytic += float(np.ascontiguousarray(gradient).reshape(-1)[places] @ steps)
    return direction, analytic


def _moved(
    session: Session,
    inputs: Sequence[Array],
    direction: Direction,
    upstream: dict[int, Array],
    step: float,
) -> float:
    """Return upstream · outputs with the tensors moved by a step; they are put back afterwards."""
    before = []
    for tensor, places, steps in direction:
        flat = tensor.reshape(-1)
        before.append(flat[places])
        flat[places] += step * steps
    session.engine.forward(inputs)
    total = sum(float(np.vdot(r, session.value(index))) for index, r in upstream.items())
    for (tensor, places, _), values in zip(direction, before, strict=True):
        tensor.reshape(-1)[places] = values
    return total
