"""How one value of a gradient, or of a parameter after a step, follows: the chain rule's products.

What comes back to a value is told through the layer that reads it: its weights times what comes
back to its outputs, its slope, the windows that a value is the largest of. The formula says what
each number is, and the gradients in it are worked out first, as long as they are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shapecalc.derivations import Derivation, Operation, minus, plus, times
from shapecalc.grading.descent_derivation import descent_derivations
from shapecalc.grading.gradient_parts import Gradient, Place, Worked, array_of, placed
from shapecalc.grading.parameter_gradient import of_parameter
from shapecalc.grading.steps_in_words import parameter
from shapecalc.grading.value_gradient import of_value
from shapecalc.grading.values import index
from shapecalc.grading.worked_out import OTHERS_ARE_0, shows, without_zeros

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

MOST_STEPS = 6  # of the chain that are told
MOST_EQUAL = 3  # gradients of which each is the next one as it is, that are told as one
MOST_USED = 3  # gradients in one step that are followed further back


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
            value = float(array_of(computed, key)[placed(array_of(computed, key), place)])
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
        found[gradient], inside = step
        waiting += _followed(inside)
    return list(_named(computed, list(reversed(found.items()))))


def _named(
    computed: ComputedExample, steps: Sequence[tuple[Gradient, Derivation]]
) -> Iterator[Derivation]:
    """Yield steps with the names of their gradients; a formula that was told of another value of
    the same layer just before is not told again.
    """
    told = ("", "")
    for (name, place), step in steps:
        at, formula = _place_in(computed, name, place), step.given["formula"]
        again = bool(at) and told == (name, formula)
        named = {"of": f"gradient of {name}{at}", **step.given}
        given = {"of": f"likewise{at}"} if again else named
        told = (name, formula)
        yield Derivation(
            step.quantity, step.value, step.expression, reason=step.reason, given=given
        )


def _place_in(computed: ComputedExample, name: str, place: Place) -> str:
    """Return ` at [1]` for a value of a gradient that has several."""
    shape = array_of(computed, f"{name}.grad").shape
    long = next((axis for axis, size in enumerate(shape) if size > 1), None)
    return f" at {index(place[long:])}" if long is not None and "." not in name else ""


def _followed(worked: Worked) -> list[Gradient]:
    return list(worked.uses[::-1]) if len(worked.uses) <= MOST_USED else []


def _derivation(
    computed: ComputedExample, key: str, place: Sequence[int]
) -> tuple[Derivation, Worked] | None:
    """Return how one number follows; None where that is not written out."""
    worked = _worked(computed, key, place)
    array = array_of(computed, key)
    value = float(array[placed(array, place)])
    if worked is None or not shows(worked.expression, value):
        return None
    expression, formula = without_zeros(worked.expression), worked.formula
    left_out = expression is not worked.expression
    given = {"formula": f"{formula} {OTHERS_ARE_0}" if left_out else formula}
    derivation = Derivation("value", value, expression, reason="beside_its_answer", given=given)
    return derivation, worked


def _worked(computed: ComputedExample, key: str, place: Sequence[int]) -> Worked | None:
    """Return the arithmetic behind a number; of one that is another gradient as it is, that behind
    this one.
    """
    worked = _own_step(computed, key, place)
    same: list[str] = []
    while worked is not None and len(worked.uses) == 1 and len(same) < MOST_EQUAL:
        ((name, at),) = worked.uses
        if isinstance(worked.expression, Operation) or worked.formula != f"gradient of {name}":
            break
        before = _own_step(computed, f"{name}.grad", at)
        if before is None or not shows(before.expression, float(worked.expression)):
            break
        same.append(f"{worked.formula}{_place_in(computed, name, at)}")
        worked = before
    return worked and worked._replace(formula=" = ".join([*same, worked.formula]))


def _own_step(computed: ComputedExample, key: str, place: Sequence[int]) -> Worked | None:
    name, _, ending = key.rpartition(".")
    if ending == "next":
        return _step(computed, name, place)
    owner, _, parameter = name.rpartition(".")
    records = {record.name: record for record in computed.trace.layers}
    if owner in records and parameter in ("weight", "bias"):
        return of_parameter(computed, records[owner], parameter, place)
    return of_value(computed, name, place)


def _step(computed: ComputedExample, name: str, place: Sequence[int]) -> Worked | None:
    old, gradient = array_of(computed, name), array_of(computed, f"{name}.grad")
    at = placed(old, place)
    step = times(computed.example.rate or 0, float(gradient[at]))
    return Worked(
        f"{parameter(name)} - rate*gradient", plus(float(old[at]), minus(step)), ((name, at),)
    )
