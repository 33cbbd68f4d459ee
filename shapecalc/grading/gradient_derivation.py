"""How one value of a gradient, or of a parameter after a step, follows: the chain rule's products.

What comes back to a value is told through the layer that reads it: its weights times what comes
back to its outputs, its slope, the windows that a value is the largest of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Expression, minus, over, plus, times
from shapecalc.grading.query import Query
from shapecalc.grading.values import flat
from shapecalc.layers.conv import Conv
from shapecalc.layers.dense import Dense
from shapecalc.layers.pool import AvgPool, MaxPool
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

SQUARES = ("squared_error", "half_squared_error", "mean_squared_error")


def gradient_expression(computed: ComputedExample, query: Query) -> Expression | None:
    """Return the arithmetic of a gradient or a step at a place; None where it is not written out.

    Places count as the query's do: depth first, the example's number in front where there is one.
    """
    name, _, ending = query.key.rpartition(".")
    if ending == "next":
        return _step(computed, name, query.place)
    if ending != "grad":
        return None
    owner, _, parameter = name.rpartition(".")
    records = {record.name: record for record in computed.trace.layers}
    if owner in records and parameter in ("weight", "bias"):
        return _of_parameter(computed, records[owner], parameter, query.place)
    return _of_value(computed, name, query.place)


def _array(computed: ComputedExample, key: str) -> Any:
    return computed.array(computed.session.names.find(key))


def _placed(array: Any, place: Sequence[int]) -> tuple[int, ...]:
    """Return a place with the leading axes of 1 that a question may leave out."""
    return (*(0 for _ in range(array.ndim - len(place))), *place)


def _step(computed: ComputedExample, name: str, place: Sequence[int]) -> Expression | None:
    old, gradient = _array(computed, name), _array(computed, f"{name}.grad")
    at = _placed(old, place)
    return plus(float(old[at]), minus(times(computed.example.rate or 0, float(gradient[at]))))


# -- parameters ------------------------------------------------------------------------------------


def _of_parameter(
    computed: ComputedExample, record: KnownRecord, parameter: str, place: Sequence[int]
) -> Expression | None:
    """Return the sum of what comes back times what went in, over examples and positions."""
    if record.shared or not record.sources or computed.example.weight_decay:
        return None
    back, x = _array(computed, f"{record.name}.grad"), _array(computed, record.sources[0])
    at = _placed(_array(computed, f"{record.name}.{parameter}"), place)
    if parameter == "bias":
        return plus(*(float(value) for value in back[:, at[0]].reshape(-1)))
    layer = record.layer
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        rows = zip(back[:, at[0]], x.reshape(len(x), -1)[:, at[1]], strict=True)
        return plus(*(times(float(b), float(a)) for b, a in rows))
    if not isinstance(layer, Conv) or layer.groups > 1 or layer.mode != "zeros":
        return None
    terms = [
        times(float(back[(n, at[0], *window)]), float(x[(n, at[1], *pixel)]))
        for n in range(len(x))
        for window, tap, pixel in _windows(record)
        if tap == at[2:]
    ]
    return plus(*terms) if terms else None


def _windows(
    record: KnownRecord,
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """Yield each window of a layer with its taps, each with the pixel that it lies on."""
    layer: Any = record.layer
    fits = layer.fits((record.input or ((),))[0]).axes
    for window in product(*(range(fit.size) for fit in fits)):
        for seen in product(*(fit.seen(w) for fit, w in zip(fits, window, strict=True))):
            yield window, tuple(tap for tap, _ in seen), tuple(pixel for _, pixel in seen)


# -- values ----------------------------------------------------------------------------------------


def _of_value(computed: ComputedExample, name: str, place: Sequence[int]) -> Expression | None:
    """Return what comes back to a value from the only layer that reads it, or from the loss."""
    value = _array(computed, name)
    at = _placed(value, place)
    readers = [r for r in computed.trace.layers if name in (r.sources or ())]
    if not readers:
        return _of_output(computed, name, at)
    if len(readers) > 1 or name in computed.example.upstream:
        return None
    (record,) = readers
    if record.kind == "softmax" and computed.example.loss_kind == "cross_entropy":
        return _of_scores(computed, record, at)
    back = _array(computed, f"{record.name}.grad")
    return _through(computed, record, value, back, at)


def _of_output(computed: ComputedExample, name: str, at: tuple[int, ...]) -> Expression | None:
    """Return the loss's own gradient: 2*(a - y) and its like."""
    example = computed.example
    one = len(example.loss) == 1 and [*computed.trace.outputs] == [name]
    if example.loss_kind not in SQUARES or not one:
        return None
    output = _array(computed, name)
    (wanted,) = example.loss.values()
    y = flat(wanted.values)[_number(at, output.shape)]
    difference = plus(float(output[at]), minus(float(y)))
    mean = example.loss_kind == "mean_squared_error"
    count = output.size if mean else len(output)
    found: Expression = difference
    if example.loss_kind != "half_squared_error":
        found = times(2, difference)
    return over(found, count) if count > 1 else found


def _of_scores(
    computed: ComputedExample, softmax: KnownRecord, at: tuple[int, ...]
) -> Expression | None:
    """Return p - y, over the number of examples."""
    p = _array(computed, softmax.name)
    if p.ndim != 2 or len(computed.example.loss) != 1:
        return None
    (wanted,) = computed.example.loss.values()
    classes = flat(wanted.values)
    found = plus(float(p[at]), minus(int(classes[at[0]] == at[1])))
    return over(found, len(p)) if len(p) > 1 else found


def _number(at: Sequence[int], shape: Sequence[int]) -> int:
    """Return which of an array's values stands at a place, counted row by row."""
    found = 0
    for index, size in zip(at, shape, strict=True):
        found = found * size + index
    return found


def _through(
    computed: ComputedExample, record: KnownRecord, value: Any, back: Any, at: tuple[int, ...]
) -> Expression | None:
    """Return what a layer sends back to one of its inputs' values."""
    layer, kind = record.layer, record.kind
    if kind in ("add", "average") and back.shape == value.shape:
        share = float(back[at])
        return share if kind == "add" else over(share, len(record.sources or ()))
    if kind in ("sigmoid", "tanh", "relu"):
        y = float(_array(computed, record.name)[at])
        slopes: dict[str, Expression] = {
            "sigmoid": times(y, plus(1, minus(y))),
            "tanh": plus(1, minus(times(y, y))),
            "relu": int(y > 0),
        }
        return times(float(back[at]), slopes[kind])
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        weight = _array(computed, f"{record.name}.weight")
        here = _number(at[1:], value.shape[1:])
        rows = zip(weight[:, here], back[at[0]], strict=True)
        return plus(*(times(float(w), float(b)) for w, b in rows))
    if isinstance(layer, Conv) and layer.groups == 1 and layer.mode == "zeros":
        weight = _array(computed, f"{record.name}.weight")
        terms = [
            times(float(weight[(k, at[1], *tap)]), float(back[(at[0], k, *window)]))
            for k in range(len(weight))
            for window, tap, pixel in _windows(record)
            if pixel == at[2:]
        ]
        return plus(*terms) if terms else 0
    if isinstance(layer, MaxPool | AvgPool):
        return _pooled(record, value[at[0], at[1]], back[at[0], at[1]], at[2:])
    return None


def _pooled(record: KnownRecord, x: Any, back: Any, at: tuple[int, ...]) -> Expression | None:
    """Return a pool's share of what comes back to the windows that see a pixel."""
    seen: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for window, _, pixel in _windows(record):
        seen.setdefault(window, []).append(pixel)
    terms: list[Expression] = []
    for window, pixels in seen.items():
        if at not in pixels:
            continue
        pull = float(back[window])
        if isinstance(record.layer, AvgPool):
            terms.append(over(pull, len(pixels)))
        else:
            terms.append(times(pull, int(max(pixels, key=lambda p: x[p]) == at)))
    return plus(*terms) if terms else 0
