"""How the gradient of a weight or a bias follows: what comes back times what went in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Expression, Operation, plus, times
from shapecalc.grading.gradient_parts import (
    Worked,
    array_of,
    meetings,
    paired,
    placed,
    summed_over,
    used_at,
)
from shapecalc.grading.worked_out import MOST
from shapecalc.layers.conv import Conv
from shapecalc.layers.dense import Dense
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample


def of_parameter(
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
    weight = array_of(computed, f"{record.name}.{parameter}")
    decay = times(computed.example.weight_decay, float(weight[placed(weight, place)]))
    own = found.expression
    terms = own.operands if isinstance(own, Operation) and own.operator == "+" else (own,)
    return Worked(f"{found.formula} + weight_decay * weight", plus(*terms, decay), found.uses)


def _of_loss(
    computed: ComputedExample, record: KnownRecord, parameter: str, place: Sequence[int]
) -> Worked | None:
    """Return the same without a weight decay."""
    if record.shared or not record.sources:
        return None
    back, x = array_of(computed, f"{record.name}.grad"), array_of(computed, record.sources[0])
    at = placed(array_of(computed, f"{record.name}.{parameter}"), place)
    gradient = f"gradient of {record.name}"
    if back[:, at[0]].size > MOST and parameter == "bias":
        return None
    if parameter == "bias":
        places = [(n, at[0], *rest) for n, *rest in product(*map(range, _without_depth(back)))]
        terms = [float(back[where]) for where in places]
        formula = gradient if len(terms) == 1 else f"sum of the {gradient}"
        return Worked(formula, _sum(terms), used_at(record, places))
    layer = record.layer
    if isinstance(layer, Dense) and record.input and layer.whole(record.input[0]):
        inputs = x.reshape(len(x), -1)[:, at[1]]
        products = [times(float(b), float(a)) for b, a in zip(back[:, at[0]], inputs, strict=True)]
        formula = summed_over(f"{gradient} * its input", len(products), "examples")
        used = used_at(record, [(n, at[0]) for n in range(len(x))])
        return Worked(formula, plus(*products), used)
    if not isinstance(layer, Conv) or layer.groups > 1 or layer.mode != "zeros":
        return None
    axes = [
        [(window, pixel) for window, tap, pixel in axis if tap == wanted]
        for axis, wanted in zip(meetings(record), at[2:], strict=True)
    ]
    pairs = paired(axes) or []
    seen = [
        ((n, at[0], *window), (n, at[1], *pixel)) for window, pixel in pairs for n in range(len(x))
    ]
    if not seen:
        return None
    expression = plus(*(times(float(back[a]), float(x[b])) for a, b in seen))
    formula = summed_over(f"{gradient} * its input", len(seen), "windows")
    return Worked(formula, expression, used_at(record, [place for place, _ in seen]))


def _without_depth(array: Any) -> tuple[int, ...]:
    return (len(array), *array.shape[2:])


def _sum(terms: Sequence[float]) -> Expression:
    return plus(*terms) if len(terms) > 1 else terms[0]
