"""How one value of a gradient, or of a parameter after a step, follows: the chain rule's products.

What comes back to a value is told through the layer that reads it: its weights times what comes
back to its outputs, its slope, the windows that a value is the largest of. The formula says what
each number is, and the gradients in it are worked out first, as long as they are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.derivations import Derivation, Expression, Operation, minus, over, plus, times
from shapecalc.grading.descent_derivation import descent_derivations
from shapecalc.grading.steps_in_words import parameter
from shapecalc.grading.values import flat, index, place_of
from shapecalc.grading.worked_out import MOST, shows
from shapecalc.layers.conv import Conv
from shapecalc.layers.dense import Dense
from shapecalc.layers.pool import AvgPool, MaxPool
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

SQUARES = ("squared_error", "half_squared_error", "mean_squared_error")
UNCHANGED = ("flatten", "reshape", "identity")
MOST_STEPS = 6  # of the chain that are told
MOST_USED = 3  # gradients in one step that are followed further back

Place = tuple[int, ...]
Gradient = tuple[str, Place]  # of what, and where


class Worked(NamedTuple):
    """The arithmetic behind a number, its formula in words, and the gradients that it has in it."""

    formula: str
    expression: Expression
    uses: tuple[Gradient, ...] = ()


def gradient_derivations(
    computed: ComputedExample, key: str, place: Sequence[int]
) -> list[Derivation]:
    """Return how a gradient or a step at a place follows, behind the gradients that it takes.

    Nothing where it is not written out. Places count as the query's do: depth first, the example's
    number in front where there is one.
    """
    if key.endswith(".next"):
        record = computed.trace.layers[computed.session.names.find(key).at]
        if not record.learns:
            value = float(_array(computed, key)[_placed(_array(computed, key), place)])
            return [Derivation("value", value, reason="frozen", given={"layer": record.name})]
        if not computed.example.plain:
            return descent_derivations(computed, key, place)
    own = _derivation(computed, key, place)
    if own is None:
        return []
    derivation, worked = own
    return [*_before(computed, worked), derivation]


def _before(computed: ComputedExample, worked: Worked) -> list[Derivation]:
    """Return how the gradients in a working follow, the furthest back first.

    Of many it is the nearest that are told.
    """
    found: dict[Gradient, Derivation] = {}
    waiting = _followed(worked)
    while waiting and len(found) < MOST_STEPS:
        name, place = gradient = waiting.pop(0)
        step = _derivation(computed, f"{name}.grad", place) if gradient not in found else None
        if step is None:
            continue
        derivation, inside = step
        shape = _array(computed, f"{name}.grad").shape
        long = next((axis for axis, size in enumerate(shape) if size > 1), None)
        at = f" at {index(place[long:])}" if long is not None and "." not in name else ""
        found[gradient] = Derivation(
            "value",
            derivation.value,
            derivation.expression,
            reason=derivation.reason,
            given={"of": f"gradient of {name}{at}", **derivation.given},
        )
        waiting += _followed(inside)
    return list(reversed(found.values()))


def _followed(worked: Worked) -> list[Gradient]:
    return list(worked.uses[::-1]) if len(worked.uses) <= MOST_USED else []


def _derivation(
    computed: ComputedExample, key: str, place: Sequence[int]
) -> tuple[Derivation, Worked] | None:
    """Return how one number follows; None where that is not written out."""
    worked = _worked(computed, key, place)
    array = _array(computed, key)
    value = float(array[_placed(array, place)])
    if worked is None or not shows(worked.expression, value):
        return None
    given = {"formula": worked.formula}
    derivation = Derivation(
        "value", value, worked.expression, reason="beside_its_answer", given=given
    )
    return derivation, worked


def _worked(computed: ComputedExample, key: str, place: Sequence[int]) -> Worked | None:
    name, _, ending = key.rpartition(".")
    if ending == "next":
        return _step(computed, name, place)
    owner, _, parameter = name.rpartition(".")
    records = {record.name: record for record in computed.trace.layers}
    if owner in records and parameter in ("weight", "bias"):
        return _of_parameter(computed, records[owner], parameter, place)
    return _of_value(computed, name, place)


def _array(computed: ComputedExample, key: str) -> Any:
    return computed.array(computed.session.names.find(key))


def _placed(array: Any, place: Sequence[int]) -> tuple[int, ...]:
    """Return a place with the leading axes of 1 that a question may leave out."""
    return (*(0 for _ in range(array.ndim - len(place))), *place)


def _step(computed: ComputedExample, name: str, place: Sequence[int]) -> Worked | None:
    old, gradient = _array(computed, name), _array(computed, f"{name}.grad")
    at = _placed(old, place)
    step = times(computed.example.rate or 0, float(gradient[at]))
    return Worked(
        f"{parameter(name)} - rate*gradient", plus(float(old[at]), minus(step)), ((name, at),)
    )


# -- parameters ------------------------------------------------------------------------------------


def _of_parameter(
    computed: ComputedExample, record: KnownRecord, parameter: str, place: Sequence[int]
) -> Worked | None:
    """Return the sum of what comes back times what went in, over examples and positions; with what
    the weight decay adds to it.
    """
    found = _of_loss(computed, record, parameter, place)
    index = computed.session.names.find(f"{record.name}.{parameter}").at
    decaying = {(at, name) for at, name, _ in computed.session.decaying()}
    if found is None or (index, parameter) not in decaying:
        return found
    weight = _array(computed, f"{record.name}.{parameter}")
    decay = times(computed.example.weight_decay, float(weight[_placed(weight, place)]))
    own = found.expression
    terms = own.operands if isinstance(own, Operation) and own.operator == "+" else (own,)
    return Worked(f"{found.formula} + weight_decay * weight", plus(*terms, decay), found.uses)


def _of_loss(
    computed: ComputedExample, record: KnownRecord, parameter: str, place: Sequence[int]
) -> Worked | None:
    """Return the same without a weight decay."""
    if record.shared or not record.sources:
        return None
    back, x = _array(computed, f"{record.name}.grad"), _array(computed, record.sources[0])
    at = _placed(_array(computed, f"{record.name}.{parameter}"), place)
    gradient = f"gradient of {record.name}"
    if back[:, at[0]].size > MOST and parameter == "bias":
        return None
    if parameter == "bias":
        places = [(n, at[0], *rest) for n, *rest in product(*map(range, _without_depth(back)))]
        terms = [float(back[where]) for where in places]
        formula = gradient if len(terms) == 1 else f"sum of the {gradient}"
        return Worked(formula, _sum(terms), _used(record, places))
    layer = record.layer
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        inputs = x.reshape(len(x), -1)[:, at[1]]
        products = [times(float(b), float(a)) for b, a in zip(back[:, at[0]], inputs, strict=True)]
        formula = _over(f"{gradient} * its input", len(products), "examples")
        used = _used(record, [(n, at[0]) for n in range(len(x))])
        return Worked(formula, plus(*products), used)
    if not isinstance(layer, Conv) or layer.groups > 1 or layer.mode != "zeros":
        return None
    axes = [
        [(window, pixel) for window, tap, pixel in axis if tap == wanted]
        for axis, wanted in zip(meetings(record), at[2:], strict=True)
    ]
    pairs = _paired(axes) or []
    seen = [
        ((n, at[0], *window), (n, at[1], *pixel)) for window, pixel in pairs for n in range(len(x))
    ]
    if not seen:
        return None
    expression = plus(*(times(float(back[a]), float(x[b])) for a, b in seen))
    formula = _over(f"{gradient} * its input", len(seen), "windows")
    return Worked(formula, expression, _used(record, [place for place, _ in seen]))


def _without_depth(array: Any) -> tuple[int, ...]:
    return (len(array), *array.shape[2:])


def _used(record: KnownRecord, places: Sequence[tuple[int, ...]]) -> tuple[Gradient, ...]:
    return tuple((record.name, place) for place in places)


def _sum(terms: Sequence[float]) -> Expression:
    return plus(*terms) if len(terms) > 1 else terms[0]


def _over(formula: str, count: int, things: str) -> str:
    return formula if count == 1 else f"sum of {formula} over the {things}"


def meetings(record: KnownRecord) -> list[list[tuple[int, int, int]]]:
    """Return, for each axis, each window with its taps and the pixels that they lie on."""
    layer: Any = record.layer
    fits = layer.fits((record.input or ((),))[0]).axes
    return [
        [(window, tap, pixel) for window in range(fit.size) for tap, pixel in fit.seen(window)]
        for fit in fits
    ]


def _paired(axes: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[Place, Place]] | None:
    """Return two places from pairs of their numbers on each axis; None where there are many."""
    if prod(map(len, axes)) > MOST:
        return None
    return [(tuple(a for a, _ in pairs), tuple(b for _, b in pairs)) for pairs in product(*axes)]


# -- values ----------------------------------------------------------------------------------------


def _of_value(computed: ComputedExample, name: str, place: Sequence[int]) -> Worked | None:
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


def _of_output(computed: ComputedExample, name: str, at: tuple[int, ...]) -> Worked | None:
    """Return the loss's own gradient: 2*(a - y) and its like."""
    example = computed.example
    one = len(example.loss) == 1 and [*computed.trace.outputs] == [name]
    if example.loss_kind not in SQUARES or not one:
        return None
    output = _array(computed, name)
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
    p = _array(computed, softmax.name)
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
        return Worked(f"gradient of {record.name}", float(back[place]), _used(record, [place]))
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        weight = _array(computed, f"{record.name}.weight")
        column = weight[:, _number(at[1:], value.shape[1:])]
        rows = zip(column, back[at[0]], strict=True)
        return Worked(
            _over(f"weight * gradient of {record.name}", len(weight), "units"),
            plus(*(times(float(w), float(b)) for w, b in rows)),
            _used(record, [(at[0], unit) for unit in range(len(weight))]),
        )
    if isinstance(layer, Conv) and layer.groups == 1 and layer.mode == "zeros":
        weight = _array(computed, f"{record.name}.weight")
        axes = [
            [(window, tap) for window, tap, pixel in axis if pixel == here]
            for axis, here in zip(meetings(record), at[2:], strict=True)
        ]
        pairs = _paired(axes)
        if pairs is None or len(weight) > MOST:
            return None
        seen = [
            ((k, at[1], *tap), (at[0], k, *window))
            for k in range(len(weight))
            for window, tap in pairs
        ]
        return Worked(
            _over(f"weight * gradient of {record.name}", len(seen), "windows that see it"),
            plus(*(times(float(weight[a]), float(back[b])) for a, b in seen)) if seen else 0,
            _used(record, [place for _, place in seen]),
        )
    if isinstance(layer, MaxPool | AvgPool):
        return _pooled(record, value[at[0], at[1]], back[at[0], at[1]], at)
    return None


def _by_value(
    computed: ComputedExample, record: KnownRecord, back: float, at: tuple[int, ...]
) -> Worked | None:
    """Return what comes back through a layer that goes value by value; None for others."""
    kind, gradient, used = record.kind, f"gradient of {record.name}", _used(record, [at])
    if kind == "add":
        return Worked(gradient, back, used)
    if kind == "average":
        count = len(record.sources or ())
        return Worked(f"{gradient}/(number of inputs)", over(back, count), used)
    if kind not in ("sigmoid", "tanh", "relu", "leaky_relu"):
        return None
    y = float(_array(computed, record.name)[at])
    x = float(_array(computed, (record.sources or ("",))[0])[at])
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
    met = _paired(
        [[(w, t) for w, t, p in axis if p == n] for axis, n in zip(axes, at[2:], strict=True)]
    )
    if met is None:
        return None
    here = {window: pixels_of(axes, window) for window, _ in met}
    terms: list[Expression] = []
    for window, pixels in here.items():
        pull = float(back[window])
        if isinstance(record.layer, AvgPool):
            terms.append(over(pull, len(pixels)))
        else:
            terms.append(times(pull, int(max(pixels, key=lambda p: x[p]) == at[2:])))
    gradient = f"gradient of {record.name}"
    if isinstance(record.layer, AvgPool):
        formula = f"{gradient}/(number of values in the window)"
    else:
        tied = any(_is_tied(x, pixels) for pixels in here.values())
        which = "the first of the largest" if tied else "the largest"
        formula = f"{gradient} * (1 if it is {which} of the window, otherwise 0)"
    used = _used(record, [(at[0], at[1], *window) for window in here])
    return Worked(_over(formula, len(terms), "windows"), plus(*terms) if terms else 0, used)


def _is_tied(x: Any, pixels: Sequence[Place]) -> bool:
    """Say whether the largest of some values stands several times."""
    values = [float(x[pixel]) for pixel in pixels]
    return values.count(max(values)) > 1


def pixels_of(axes: Sequence[Sequence[tuple[int, int, int]]], window: Place) -> list[Place]:
    """Return the pixels of a window."""
    seen = ([p for w, _, p in axis if w == n] for axis, n in zip(axes, window, strict=True))
    return list(product(*seen))
