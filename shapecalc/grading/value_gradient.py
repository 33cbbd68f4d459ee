"""How the gradient of a value follows: what comes back to it from the layer that reads it, or from
the loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Expression, minus, over, plus, times
from shapecalc.grading.gradient_parts import (
    MAXIMA,
    MEANS,
    Place,
    Worked,
    array_of,
    meetings,
    paired,
    parameter_of,
    pixels_of,
    placed,
    summed_over,
    used_at,
)
from shapecalc.grading.values import flat, place_of
from shapecalc.grading.worked_out import MOST
from shapecalc.layers.conv import Conv
from shapecalc.layers.dense import Dense
from shapecalc.layers.pool import AdaptivePool, GlobalPool
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

SQUARES = ("squared_error", "half_squared_error", "mean_squared_error")
UNCHANGED = ("flatten", "reshape", "identity")


def of_value(computed: ComputedExample, name: str, place: Sequence[int]) -> Worked | None:
    """Return what comes back to a value from the only layer that reads it, or from the loss."""
    value = array_of(computed, name)
    at = placed(value, place)
    readers = [r for r in computed.trace.layers if name in (r.sources or ())]
    if not readers:
        return _of_output(computed, name, at)
    if len(readers) > 1 or name in computed.example.upstream:
        return None
    (record,) = readers
    if record.kind == "softmax" and computed.example.loss_kind == "cross_entropy":
        return _of_scores(computed, record, at)
    back = array_of(computed, f"{record.name}.grad")
    return _through(computed, record, value, back, at)


def _of_output(computed: ComputedExample, name: str, at: tuple[int, ...]) -> Worked | None:
    """Return the loss's own gradient: 2*(a - y) and its like."""
    example = computed.example
    one = len(example.loss) == 1 and [*computed.trace.outputs] == [name]
    if example.loss_kind not in SQUARES or not one:
        return None
    output = array_of(computed, name)
    (wanted,) = example.loss.values()
    y = flat(wanted.values)[_number(at, output.shape)]
    difference = plus(float(output[at]), minus(float(y)))
    if example.loss_kind == "half_squared_error":
        found, formula = difference, "output - target"
    else:
        found, formula = times(2, difference), "2*(output - target)"
    mean = example.loss_kind == "mean_squared_error"
    return _divided(Worked(formula, found), output.size if mean else len(output), mean)


def _divided(worked: Worked, count: int, values: bool = False) -> Worked:
    """Return a working over the number of examples, or of values; as it is where that is 1."""
    if count == 1:
        return worked
    sums = " - " in worked.formula and not worked.formula.startswith("2*")
    inside = f"({worked.formula})" if sums else worked.formula
    formula = f"{inside}/(number of {'values' if values else 'examples'})"
    return Worked(formula, over(worked.expression, count), worked.uses)


def _of_scores(
    computed: ComputedExample, softmax: KnownRecord, at: tuple[int, ...]
) -> Worked | None:
    """Return p - y, over the number of examples."""
    p = array_of(computed, softmax.name)
    if p.ndim != 2 or len(computed.example.loss) != 1:
        return None
    (wanted,) = computed.example.loss.values()
    classes = flat(wanted.values)
    found = plus(float(p[at]), minus(int(classes[at[0]] == at[1])))
    return _divided(Worked("probability - target", found), len(p))


def _number(at: Sequence[int], shape: Sequence[int]) -> int:
    """Return which of an array's values stands at a place, counted row by row."""
    found = 0
    for place, size in zip(at, shape, strict=True):
        found = found * size + place
    return found


def _through(
    computed: ComputedExample, record: KnownRecord, value: Any, back: Any, at: tuple[int, ...]
) -> Worked | None:
    """Return what a layer sends back to one of its inputs' values."""
    layer, kind = record.layer, record.kind
    if back.shape == value.shape:
        found = _by_value(computed, record, float(back[at]), at)
        if found is not None:
            return found
    if kind in UNCHANGED and back.size == value.size:
        place = place_of(_number(at, value.shape), back.shape)
        return Worked(f"gradient of {record.name}", float(back[place]), used_at(record, [place]))
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        weight = parameter_of(computed, record, "weight")
        column = weight[:, _number(at[1:], value.shape[1:])]
        rows = zip(column, back[at[0]], strict=True)
        return Worked(
            summed_over(f"weight * gradient of {record.name}", len(weight), "units"),
            plus(*(times(float(w), float(b)) for w, b in rows)),
            used_at(record, [(at[0], unit) for unit in range(len(weight))]),
        )
    if isinstance(layer, Conv) and layer.groups == 1 and layer.mode == "zeros":
        weight = parameter_of(computed, record, "weight")
        axes = [
            [(window, tap) for window, tap, pixel in axis if pixel == here]
            for axis, here in zip(meetings(record), at[2:], strict=True)
        ]
        pairs = paired(axes)
        if pairs is None or len(weight) > MOST:
            return None
        seen = [
            ((k, at[1], *tap), (at[0], k, *window))
            for k in range(len(weight))
            for window, tap in pairs
        ]
        over_all = "filters" if len(pairs) == 1 else "filters and the windows that see it"
        things = over_all if len(weight) > 1 else "windows that see it"
        return Worked(
            summed_over(f"weight * gradient of {record.name}", len(seen), things),
            plus(*(times(float(weight[a]), float(back[b])) for a, b in seen)) if seen else 0,
            used_at(record, [place for _, place in seen]),
        )
    if isinstance(layer, (*MAXIMA, *MEANS)):
        return _pooled(record, value[at[0], at[1]], back[at[0], at[1]], at)
    return None


def _by_value(
    computed: ComputedExample, record: KnownRecord, back: float, at: tuple[int, ...]
) -> Worked | None:
    """Return what comes back through a layer that goes value by value; None for others."""
    kind, gradient, used = record.kind, f"gradient of {record.name}", used_at(record, [at])
    if kind == "add":
        return Worked(gradient, back, used)
    if kind == "average":
        count = len(record.sources or ())
        return Worked(f"{gradient}/(number of inputs)", over(back, count), used)
    if kind not in ("sigmoid", "tanh", "relu", "leaky_relu"):
        return None
    y = float(array_of(computed, record.name)[at])
    x = float(array_of(computed, (record.sources or ("",))[0])[at])
    cut = 1 if x > 0 else getattr(record.layer, "slope", 0) or 0
    slopes: dict[str, tuple[str, Expression]] = {
        "sigmoid": ("slope y*(1 - y)", times(y, plus(1, minus(y)))),
        "tanh": ("slope (1 - y*y)", plus(1, minus(times(y, y)))),
        "relu": ("slope", cut),
        "leaky_relu": ("slope", cut),
    }
    formula, slope = slopes[kind]
    return Worked(f"{gradient} * its {formula}", times(back, slope), used)


def _pooled(record: KnownRecord, x: Any, back: Any, at: tuple[int, ...]) -> Worked | None:
    """Return a pool's share of what comes back to the windows that see a pixel."""
    axes = meetings(record)
    met = paired(
        [[(w, t) for w, t, p in axis if p == n] for axis, n in zip(axes, at[2:], strict=True)]
    )
    if met is None:
        return None
    here = {window: pixels_of(axes, window) for window, _ in met}
    terms: list[Expression] = []
    for window, pixels in here.items():
        pull = float(back[window if back.ndim else ()])  # none in a flat volume
        if isinstance(record.layer, MEANS):
            terms.append(over(pull, len(pixels)))
        else:
            terms.append(times(pull, int(max(pixels, key=lambda p: x[p]) == at[2:])))
    gradient = f"gradient of {record.name}"
    called = _window_called(record.layer)
    if isinstance(record.layer, MEANS):
        formula = f"{gradient}/(number of values in the {called})"
    else:
        tied = any(_is_tied(x, pixels) for pixels in here.values())
        here_the = ", here the first of several equal ones" if tied else ""  # any of them may be
        formula = f"{gradient} * (1 if it is the largest of the {called}{here_the}, otherwise 0)"
    places = [(at[0], at[1], *(window if back.ndim else ())) for window in here]
    used = used_at(record, places)
    formula = summed_over(formula, len(terms), f"{called}s")
    return Worked(formula, plus(*terms) if terms else 0, used)


def _window_called(layer: Any) -> str:
    if isinstance(layer, GlobalPool):
        return "slice"
    return "bin" if isinstance(layer, AdaptivePool) else "window"


def _is_tied(x: Any, pixels: Sequence[Place]) -> bool:
    """Say whether the largest of some values stands several times."""
    values = [float(x[pixel]) for pixel in pixels]
    return values.count(max(values)) > 1
