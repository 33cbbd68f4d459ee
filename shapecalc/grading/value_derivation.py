"""How one value of an executed example follows: the products of a window, the largest of a pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Derivation, Expression, Operation, plus, times
from shapecalc.geometry import Fit
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.dense import Dense
from shapecalc.layers.pool import MaxPool
from shapecalc.records import LayerRecord

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

MOST = 30  # terms that are written out


def value_derivation(
    computed: ComputedExample, record: LayerRecord, place: Sequence[int]
) -> Derivation | None:
    """Return the sum or maximum behind one value; None for other layers and for long sums.

    `place` is depth first, after the example's number where there are several.
    """
    output = record.output or ()
    example, at = (place[0], place[1:]) if len(place) > len(output) else (0, tuple(place))
    names = computed.session.names
    if len(at) != len(output) or not record.sources or not record.input:
        return None
    x = computed.array(names.find(record.sources[0]))[example]  # D x spatial sizes
    layer = record.layer
    if isinstance(layer, MaxPool):
        pixels = [pixel for _, pixel in _window(layer.fits(record.input[0]).axes, at[1:])]
        values = [float(x[at[0]][pixel]) for pixel in pixels]
        return _value(max(values), Operation("max", *values)) if len(values) <= MOST else None
    if not isinstance(layer, Conv | DepthwiseConv | Dense) or record.shares:
        return None
    weight = computed.array(names.find(f"{record.name}.weight"))[at[0]]
    if isinstance(layer, Dense):
        seen = x.reshape(-1) if layer.whole(record.input[0]) else x[(slice(None), *at[1:])]
        terms = list(zip(weight, seen, strict=True)) if weight.size <= MOST else []
    else:
        depth = len(weight)
        shift = at[0] // (output[-1] // layer_groups(layer, record)) * depth
        terms = [
            (weight[d][tap], x[shift + d][pixel])
            for d in range(depth if weight.size <= MOST else 0)
            for tap, pixel in _window(layer.fits(record.input[0]).axes, at[1:])
        ]
    if not terms:
        return None
    added: list[Expression] = [times(float(w), float(v)) for w, v in terms]
    total = sum(float(w) * float(v) for w, v in terms)
    if layer.bias:
        bias = float(computed.array(names.find(f"{record.name}.bias"))[at[0]])
        added.append(bias)
        total += bias
    return _value(total, plus(*added))


def layer_groups(layer: Conv | DepthwiseConv, record: LayerRecord) -> int:
    """Return how many groups the channels fall into."""
    assert record.input is not None
    return layer.groups if isinstance(layer, Conv) else record.input[0][-1]


def _window(fits: Sequence[Fit], at: Sequence[int]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield each tap and the pixel that it lies on, as far as that is no padding."""
    for seen in product(*(fit.seen(window) for fit, window in zip(fits, at, strict=True))):
        yield tuple(tap for tap, _ in seen), tuple(pixel for _, pixel in seen)


def _value(value: float, expression: Expression) -> Derivation:
    return Derivation("value", value, expression, reason="beside_its_answer")
