"""What a number of an example is computed from: the way back to other numbers of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from shapecalc.layers.activation import Dropout
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense
from shapecalc.layers.merge import Add, Average, Concat, Subtract
from shapecalc.layers.pool import AdaptiveAvgPool, AvgPool, GlobalAvgPool
from shapecalc.layers.reshape import Crop, Flatten, Pad, Upsample
from shapecalc.layers.separable import LocalConv, SeparableConv
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import Names, Target

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

# What comes back through these does not hang on the values that go into them: each of these values
# counts as much as its weights, or its share of a mean, say.
WHATEVER_GOES_IN = (
    Conv, DepthwiseConv, SeparableConv, LocalConv, ConvTranspose, Dense, AvgPool, GlobalAvgPool,
    AdaptiveAvgPool, Flatten, Dropout, Pad, Crop, Upsample, Add, Subtract, Average, Concat,
)  # fmt: skip
Number = tuple[str, int, str]  # the role, the index of a layer or value, the parameter


class Way(NamedTuple):
    """The `keys` at which the ways back from a number end, and the `layers` that they lead through;
    whether the loss is on one of them.
    """

    keys: tuple[str, ...]
    layers: frozenset[int]
    loss: bool


def leads_on(key: str) -> bool:
    """Say whether other numbers are computed from one of these. None is from the number that a loss
    comes to, though its gradient is from the scores behind it, or from a parameter after a step.
    """
    return key != "loss" and not key.endswith(".next")


def way_back(trace: KnownTrace, key: str, ends: Collection[str]) -> Way:
    """Return which of some keys the number of another one is computed from directly: what stands
    before these no longer matters. The keys are in their own order.
    """
    names = Names(trace.spec, trace.layers)
    stops = {_number(names.find(end)): end for end in ends if end != key}
    found, layers, loss = set(), set(), False
    wanted, seen = [_number(names.find(key))], set()
    while wanted:
        number = wanted.pop()
        if number in seen:
            continue
        seen.add(number)
        if number in stops:
            found.add(stops[number])
            continue
        for before, layer in _computed_from(trace, names, number):
            wanted.append(before)
            if layer is not None:
                layers.add(layer)
        loss |= number[0] == "loss" or (number[0] == "gradient" and _has_a_loss(trace, number[1]))
    return Way(tuple(end for end in ends if end in found), frozenset(layers), loss)


def equal_gradient(computed: ComputedExample, key: str) -> str | None:
    """Return the key of the gradient of a layer's output that the gradient of its biases is, value
    by value; None where it is a sum, over positions, examples or layers, and for other keys.
    """
    names, trace = computed.session.names, computed.trace
    target = names.find(key)
    if target.role != "parameter gradient":
        return None
    record, bias = trace.layers[target.at], names.parameters(target.at)[target.parameter]
    adds = isinstance(record.layer, Conv | ConvTranspose | DepthwiseConv | Dense)
    if bias.role != "bias" or not adds or len([*_with_weights_of(trace, target.at)]) > 1:
        return None
    gradient = names.find(f"{record.name}.grad")
    values = computed.array(gradient).size
    return f"{record.name}.grad" if values == computed.array(target).size else None


def _number(target: Target) -> Number:
    return target.role, target.at, target.parameter


def _has_a_loss(trace: KnownTrace, value: int) -> bool:
    """Say whether a loss may be of a value: what comes back to an output is given otherwise."""
    example = trace.spec.example
    of_outputs = value in trace.spec.outputs.values()
    return of_outputs and (example is None or bool(example.loss))


def _computed_from(
    trace: KnownTrace, names: Names, number: Number
) -> Iterator[tuple[Number, int | None]]:
    """Yield what a number is computed from, and by which layer: of a gradient also what the slope
    or the largest of a window hangs on, which is the output of a sigmoid and the like, and what
    went into another layer; nothing of the kind where a mean or a weighted sum comes back. A bias'
    gradient is a sum of gradients alone.
    """
    from shapecalc.executor.supposed_values import slope_follows_from_output

    role, at, parameter = number
    spec = trace.spec
    if role == "loss":
        yield from ((("value", i, ""), None) for i in spec.outputs.values() if i is not None)
    elif role == "value":
        layer = spec.values.producer(at)
        if layer is not None:
            yield from ((("value", i, ""), layer) for i in spec.nodes[layer].sources or ())
    elif role == "gradient":
        if _has_a_loss(trace, at):
            yield ("loss", 0, ""), None
        for layer, node in enumerate(spec.nodes):
            if at in (node.sources or ()):
                out = spec.values.of(layer)
                yield ("gradient", out, ""), layer
                if isinstance(trace.layers[layer].layer, WHATEVER_GOES_IN):
                    continue
                from_output = slope_follows_from_output(trace.layers[layer])
                slope = [out] if from_output else node.sources or ()
                yield from ((("value", i, ""), None) for i in slope)
    elif role == "parameter gradient":
        own = names.parameters(at).get(parameter)
        for layer in _with_weights_of(trace, at):
            yield ("gradient", spec.values.of(layer), ""), layer
            if own is not None and own.role == "bias":
                continue
            yield from ((("value", i, ""), None) for i in spec.nodes[layer].sources or ())
    elif role == "next":
        yield ("parameter gradient", at, parameter), None


def _with_weights_of(trace: KnownTrace, layer: int) -> Iterator[int]:
    """Yield a layer and those that share its weights."""
    name = trace.layers[layer].name
    yield layer
    for i, record in enumerate(trace.layers):
        if name in (record.shares, record.shares_one and record.shares_one.owner):
            yield i
