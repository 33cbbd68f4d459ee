"""The parameters of a network: those given, the others drawn from the seed.

Missing weights are He normal (He et al., "Delving Deep into Rectifiers", 2015): standard deviation
sqrt(2/fan_in), fan_in the product of all axes but the first. Biases and running means are 0, a
norm's weights and running variances 1, a prelu's slopes 0.25. A parameter's values follow from the
seed, its layer and its place there alone; both precisions get the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod, sqrt
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, some, suggestion
from shapecalc.executor.arrays import numeric, refusal, shaped
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.draws import generator
from shapecalc.executor.kernels import KERNELS, Kernel
from shapecalc.layers.base import Shapes
from shapecalc.tracing import Trace
from shapecalc.worked_example import Names


def prepare(
    trace: Trace, given: Mapping[str, Any], buffers: Buffers, seed: int
) -> list[dict[str, Array]]:
    """Return each layer's parameters, laid out for its kernel; those of sharing layers are empty.

    `given` is by name, `conv1.weight`, in PyTorch's layout. Raises SpecError for names that are not
    there and for arrays that do not fit.
    """
    names = Names(trace.spec, trace.layers)
    waiting = dict(given)
    prepared = []
    for index, record in enumerate(trace.layers):
        kernel = KERNELS[record.kind](record.layer)
        own = {}
        for number, (name, shape) in enumerate(names.parameters(index).items()):
            key = f"{record.name}.{name}"
            if key in waiting:
                values = _given(waiting.pop(key), key, name, shape, buffers)
            else:
                values = _drawn(kernel, name, shape, buffers, (seed, index, number))
            own[name] = buffers.copy(kernel.inside(name, values))
        prepared.append(own)
    for key in waiting:
        raise refusal(_unknown(key, names), key)
    return prepared


def shapes_of(trace: Trace) -> list[Shapes]:
    """Return the predicted shapes of each layer's own parameters."""
    names = Names(trace.spec, trace.layers)
    return [names.parameters(index) for index in range(len(trace.layers))]


def _given(values: Any, key: str, name: str, shape: tuple[int, ...], buffers: Buffers) -> Array:
    if values is None:
        raise refusal(
            Fault(rules.WRONG_VALUE, f"{quote(key)} is missing", "leave the key out"), key
        )
    array = shaped(numeric(values, key, buffers.dtype), shape, key)
    if name == "running_var" and (array < 0).any():
        raise refusal(Fault(rules.WRONG_VALUE, f"{quote(key)} holds a negative variance"), key)
    return array


def _drawn(
    kernel: Kernel, name: str, shape: tuple[int, ...], buffers: Buffers, seed: tuple[int, ...]
) -> Array:
    start = kernel.initial(name, shape)
    values = buffers.empty(shape)
    if start is not None:
        values.fill(start)
        return values
    drawn = generator("parameter", *seed).standard_normal(shape, np.float32)
    return np.multiply(drawn, np.float32(sqrt(2 / prod(shape[1:]))), out=values, dtype=np.float32)


def _unknown(key: str, names: Names) -> Fault:
    """Return the fault of a name that is no parameter of the network."""
    try:
        target = names.find(key)
    except KeyError as error:
        fault = error.args[0]
        return fault if isinstance(fault, Fault) else Fault(rules.NO_SUCH_NAME, str(fault))
    known = [record.name for record in names.records if record.parameters]
    hint = suggestion(key, lambda: known, (), f"there is {some(known, 8)}")
    return Fault(rules.NO_SUCH_NAME, f"{quote(key)} is a {target.role}, not a parameter", hint)
