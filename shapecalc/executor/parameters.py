"""The parameters of a network: those given, the others drawn from the seed.

A missing parameter begins as layers.base.Parameter says: He normal, or all equal. Its
values follow from the seed, its layer and its place there alone; both precisions get the same
numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, some, suggestion
from shapecalc.executor.arrays import numeric, refusal, shaped
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.kernels import KERNELS, Kernel
from shapecalc.executor.rng import DIFFERENT, generator, repeat
from shapecalc.layers.base import Parameter, Parameters
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import Names


def prepare(
    names: Names,
    owned: Sequence[Parameters],
    given: Mapping[str, Any],
    buffers: Buffers,
    seed: int,
    *,
    repeated: bool = False,
) -> list[dict[str, Array]]:
    """Return the arrays of what each layer owns, laid out for its kernel.

    `given` is by name, `conv1.weight`, in PyTorch's layout. Where drawn values may be `repeated`,
    large arrays take a few milliseconds. Raises SpecError for names that are not there and for
    arrays that do not fit.
    """
    waiting = dict(given)
    prepared = []
    for index, (record, parameters) in enumerate(zip(names.records, owned, strict=True)):
        kernel = KERNELS[record.kind](record.layer)
        own = {}
        for number, (name, parameter) in enumerate(parameters.items()):
            key = f"{record.name}.{name}"
            random = generator("parameter", seed, index, number)
            if key in waiting:
                values = _given(waiting.pop(key), key, parameter, buffers)
            elif repeated and prod(parameter.shape) > DIFFERENT:
                own[name] = buffers.empty(kernel_shape(kernel, name, parameter))
                repeat(_normal(parameter, random, [DIFFERENT]), own[name])
                continue
            else:
                values = _drawn(parameter, buffers, random)
            own[name] = buffers.copy(kernel.to_kernel_layout(name, values))
        prepared.append(own)
    for key in waiting:
        raise refusal(_unknown(key, names), key)
    return prepared


def owned_by(trace: KnownTrace) -> list[Parameters]:
    """Return each layer's own parameters as predicted; a layer that shares another's has none."""
    names = Names(trace.spec, trace.layers)
    return [names.parameters(index) for index in range(len(trace.layers))]


def _given(values: Any, key: str, parameter: Parameter, buffers: Buffers) -> Array:
    if values is None:
        raise refusal(
            Fault(rules.WRONG_VALUE, f"{quote(key)} is missing", "leave the key out"), key
        )
    array = shaped(numeric(values, key, buffers.dtype), parameter.shape, key)
    if not parameter.negative and (array < 0).any():
        raise refusal(Fault(rules.WRONG_VALUE, f"{quote(key)} holds a negative variance"), key)
    return array


def kernel_shape(kernel: Kernel, name: str, parameter: Parameter) -> tuple[int, ...]:
    """Return the shape that a parameter has in its kernel's layout."""
    return kernel.to_kernel_layout(name, np.broadcast_to(np.float32(0), parameter.shape)).shape


def _drawn(parameter: Parameter, buffers: Buffers, random: np.random.Generator) -> Array:
    values = buffers.empty(parameter.shape)
    values[...] = _normal(parameter, random, parameter.shape)
    return values


def _normal(parameter: Parameter, random: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return values that a parameter begins with."""
    if parameter.start is not None:
        return np.full(shape, parameter.start)
    drawn = random.standard_normal(shape, np.float32)
    drawn *= np.float32(sqrt(2 / parameter.fan_in))
    return drawn


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
