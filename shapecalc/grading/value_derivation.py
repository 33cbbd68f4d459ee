"""How one value of an executed example follows: the products of a window, the largest of a pool,
the terms of a merge; with what gradients and losses have, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Derivation, Expression, Operation, minus, over, plus, times
from shapecalc.geometry import Fit
from shapecalc.grading.gradient_derivation import gradient_derivations
from shapecalc.grading.gradient_parts import MAXIMA, MEANS, meetings, pixels_of, window_of
from shapecalc.grading.loss_derivation import loss_derivations
from shapecalc.grading.query import Query
from shapecalc.grading.worked_out import (
    MOST,
    OTHERS_ARE_0,
    shows,
    without_zeros,
    worked_out,
)
from shapecalc.layers.activation import Dropout, PRelu
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.dense import Dense
from shapecalc.records import KnownRecord
from shapecalc.worked_example import MASK

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

MERGED: dict[str, Callable[[list[float]], Expression]] = {
    "add": lambda values: plus(*values),
    "subtract": lambda values: plus(values[0], *map(minus, values[1:])),
    "multiply": lambda values: times(*values),
    "maximum": lambda values: Operation("max", *values),
    "average": lambda values: over(plus(*values), len(values)),
}
# Of a value and of what is beside it: the slope below 0. With a slope a value above stays as it is,
# and no maximum is taken.
ACTIVATED: dict[str, Callable[[float, float], Expression]] = {
    "relu": lambda x, slope: _with_slope(x, slope) if slope else Operation("max", 0, x),
    "leaky_relu": lambda x, slope: _with_slope(x, slope),
    "prelu": lambda x, slope: _with_slope(x, slope),
    "relu6": lambda x, _: _to_6(x),
    "hard_sigmoid": lambda x, _: over(_to_6(plus(x, 3)), 6),
    "hard_swish": lambda x, _: over(times(x, _to_6(plus(x, 3))), 6),
    "elu": lambda x, _: plus(Operation("exp", x), minus(1)) if x < 0 else x,
    "sigmoid": lambda x, _: over(1, plus(1, Operation("exp", 0.0 - x))),
    "silu": lambda x, _: over(x, plus(1, Operation("exp", 0.0 - x))),
    "softplus": lambda x, _: Operation("ln", plus(1, Operation("exp", x))),
    "tanh": lambda x, _: Operation("tanh", x),
    "softmax": lambda x, _: Operation("exp", x),  # of each, over their sum
}


def example_derivations(
    computed: ComputedExample, record: KnownRecord | None, query: Query
) -> list[Derivation]:
    """Return how a number of an example follows; nothing where that is not written out.

    Of an array it is told how its first value follows. What is written out comes to the number that
    is computed: it is worked out, and kept back where it does not.
    """
    target = computed.session.names.find(query.key)
    array = computed.array(target)
    place = query.place
    if not place and query.key != "loss":
        place = (0,) * (array.ndim - bool(target.batched))
    if query.key.endswith((".grad", ".next")):
        found = gradient_derivations(computed, query.key, place)
    else:
        found = _of_value(computed, record, query, place)
    if found and not query.place and array.size > 1:
        last = found[-1]
        given = {**last.given, "first": True}
        found[-1] = Derivation(
            last.quantity, last.value, last.expression, reason=last.reason, given=given
        )
    return found


def _of_value(
    computed: ComputedExample, record: KnownRecord | None, query: Query, place: tuple[int, ...]
) -> list[Derivation]:
    """Return how a loss follows, or a value of a layer."""
    array = computed.array(computed.session.names.find(query.key))
    value = float(array[(*(0 for _ in range(array.ndim - len(place))), *place)])
    if query.key == "loss":
        return loss_derivations(computed, value)
    if query.key != query.name or record is None:
        return []
    own = value_derivation(computed, record, place)
    if own is None or own.expression is None or not shows(own.expression, value):
        return []
    expression, given = without_zeros(own.expression), own.given
    if expression is not own.expression:
        biased = " + bias" if f"{record.name}.bias" in computed.example.given else ""
        given = {**given, "formula": f"sum of weight * input{biased} {OTHERS_ARE_0}"}
    return [Derivation(own.quantity, value, expression, reason=own.reason, given=given)]


def value_derivation(
    computed: ComputedExample, record: KnownRecord, place: Sequence[int]
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
    if record.kind in MERGED:
        return _merged(computed, record, example, tuple(at))
    if record.kind in ACTIVATED:
        return _activated(computed, record, x, tuple(at))
    if isinstance(layer, Dropout) and f"{record.name}.{MASK}" in computed.example.given:
        return _dropped(computed, record, float(x[tuple(at)]), (example, *at))
    if isinstance(layer, (*MEANS, *MAXIMA)):
        return _pooled(record, x[at[0]], window_of(record, tuple(at[1:])))
    filled = isinstance(layer, Conv) and layer.mode != "zeros"
    if not isinstance(layer, Conv | DepthwiseConv | Dense) or record.shared or filled:
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
    if layer.bias and f"{record.name}.bias" in computed.example.given:  # otherwise it is 0
        bias = float(computed.array(names.find(f"{record.name}.bias"))[at[0]])
        added.append(bias)
        total += bias
    return _value(total, plus(*added))


def _pooled(record: KnownRecord, x: Any, window: tuple[int, ...]) -> Derivation | None:
    """Return the mean or the largest of a window of a slice; None of one that is too large."""
    values = [float(x[pixel]) for pixel in pixels_of(meetings(record), window)]
    if len(values) > MOST:
        return None
    if isinstance(record.layer, MAXIMA):
        return _value(max(values), Operation("max", *values))
    return _value(sum(values) / len(values), over(plus(*values), len(values)))


def _with_slope(x: float, slope: float) -> Expression:
    return times(slope, x) if x < 0 else x


def _to_6(x: Expression) -> Expression:
    return Operation("min", Operation("max", 0, x), 6)


def slope_below_0(computed: ComputedExample, record: KnownRecord, at: tuple[int, ...]) -> float:
    """Return the slope of an activation below 0, at a place if it learns several; 0 if none."""
    if not isinstance(record.layer, PRelu):
        return float(getattr(record.layer, "slope", 0.0))
    weight = computed.array(computed.session.names.find(f"{record.name}.weight"))
    place = {"one": (0,), "per_slice": at[:1], "per_value": at}[record.layer.slopes]
    return float(weight[place])


def _activated(
    computed: ComputedExample, record: KnownRecord, x: Any, at: tuple[int, ...]
) -> Derivation:
    """Return an activation of one value; softmax takes all along the depth."""
    if record.kind != "softmax":
        slope = slope_below_0(computed, record, at)
        expression = ACTIVATED[record.kind](float(x[at]), slope)
        if not isinstance(expression, Operation):
            below = getattr(record.layer, "threshold", 0)
            return Derivation(
                "value", expression, expression, reason="stays_as_it_is", given={"below": below}
            )
        return _value(worked_out(expression), expression)
    powers = [Operation("exp", float(value)) for value in x[(slice(None), *at[1:])]]
    expression = over(powers[at[0]], plus(*powers))
    return _value(worked_out(expression), expression)


def _dropped(
    computed: ComputedExample, record: KnownRecord, x: float, at: tuple[int, ...]
) -> Derivation:
    """Return a value that a given mask keeps or drops."""
    session = computed.session
    step = session.engine.steps[session.names.find(f"{record.name}.{MASK}").at]
    example, depth, *spatial = at
    mask: Any = step.kernel.mask  # type: ignore[attr-defined]
    kept = int(mask[(example, *spatial, depth)])
    assert isinstance(record.layer, Dropout)
    expression = over(times(x, kept), plus(1, minus(record.layer.rate)))
    return _value(worked_out(expression), expression)


def _merged(
    computed: ComputedExample, record: KnownRecord, example: int, at: tuple[int, ...]
) -> Derivation | None:
    """Return a merge of one value of each source; None where they are stretched."""
    names = computed.session.names
    arrays = [computed.array(names.find(source))[example] for source in record.sources or ()]
    if len({array.shape for array in arrays}) > 1:
        return None
    expression = MERGED[record.kind]([float(array[at]) for array in arrays])
    return _value(worked_out(expression), expression)


def layer_groups(layer: Conv | DepthwiseConv, record: KnownRecord) -> int:
    """Return how many groups the channels fall into."""
    assert record.input is not None
    return layer.groups if isinstance(layer, Conv) else record.input[0][-1]


def _window(fits: Sequence[Fit], at: Sequence[int]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield each tap and the pixel that it lies on, as far as that is no padding."""
    for seen in product(*(fit.seen(window) for fit, window in zip(fits, at, strict=True))):
        yield tuple(tap for tap, _ in seen), tuple(pixel for _, pixel in seen)


def _value(value: float, expression: Expression) -> Derivation:
    return Derivation("value", value, expression, reason="beside_its_answer")
