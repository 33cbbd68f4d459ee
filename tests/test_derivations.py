"""Derivations as data: what every layer's expressions come to is worked out anew.

The evaluator below knows nothing of the package but the operators' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from math import ceil, floor, prod
from pathlib import Path
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.derivations import (
    Derivation,
    Operation,
    minus,
    over,
    plus,
    rounded,
    text,
    times,
)
from shapecalc.geometry import fit_window
from shapecalc.records import LayerRecord
from shapecalc.tracing import KnownTrace

SPECS = Path(__file__).resolve().parents[1] / "specs"
FILES = [*sorted(SPECS.glob("kinds/*.yaml")), *sorted(SPECS.glob("networks/*.yaml"))]
WAYS: dict[str, Callable[..., Any]] = {
    "+": lambda *terms: sum(terms),
    "-": lambda term: -term,
    "*": lambda *factors: prod(factors),
    "/": lambda above, below: Fraction(above) / below,
    "floor": floor,
    "ceil": ceil,
    "max": max,
}


def evaluated(expression: Any) -> Any:
    """Return what an expression comes to."""
    if not isinstance(expression, tuple):
        return expression
    operator, *operands = expression
    return WAYS[operator](*map(evaluated, operands))


def every(derivations: list[Derivation]) -> Iterator[Derivation]:
    """Yield derivations with those beside them."""
    for derivation in derivations:
        yield derivation
        yield from every([*derivation.beside])


@cache
def records() -> list[tuple[str, LayerRecord]]:
    """Return every layer of every kind and network whose sizes are known, with its file."""
    traces = {path.name: trace(path) for path in FILES}
    known = {name: traced for name, traced in traces.items() if isinstance(traced, KnownTrace)}
    assert {*traces} - {*known} == {"dncnn.yaml"}
    return [(name, record) for name, traced in known.items() for record in traced.layers]


def false(derivation: Derivation) -> bool:
    """Say whether an expression comes to something else than its value."""
    return derivation.expression is not None and (
        evaluated(derivation.expression) != derivation.value
    )


# -- expressions -------------------------------------------------------------------------------

STRIDES = over(plus(10, minus(plus(times(2, plus(3, minus(1))), 1)), times(2, 0)), 2)


@pytest.mark.parametrize(
    ("expression", "value", "written"),
    [
        (55, 55, "55"),
        (Fraction(3, 2), Fraction(3, 2), "3/2"),
        (STRIDES, Fraction(5, 2), "(10 - (2*(3 - 1) + 1) + 2*0)/2"),
        (plus(rounded("floor", STRIDES), 1), 3, "floor((10 - (2*(3 - 1) + 1) + 2*0)/2) + 1"),
        (plus(rounded("ceil", STRIDES), 1), 4, "ceil((10 - (2*(3 - 1) + 1) + 2*0)/2) + 1"),
        (times(times(55, 55), times(11, 3)), 99825, "55*55 * 11*3"),
        (times(5), 5, "5"),
        (plus(8, minus(plus(1, 2)), 4), 9, "8 - (1 + 2) + 4"),
        (Operation("max", plus(1, 2), 4, -1), 4, "max(1 + 2, 4, -1)"),
        (plus(times(-1, 2), times(3, -0.5), -4), -7.5, "(-1)*2 + 3*(-0.5) + (-4)"),
        (over(12, times(2, 3)), 2, "12/(2*3)"),
        (over(12, over(2, 3)), 18, "12/(2/3)"),
        (plus(minus(3), 5), 2, "-3 + 5"),
    ],
)
def test_an_expression_is_evaluated_and_written(expression: Any, value: Any, written: str) -> None:
    assert evaluated(expression) == value
    assert text(expression) == str(expression) == written


def test_numbers_are_written_as_asked_for() -> None:
    assert text(plus(34848, 96), lambda number: f"{number:,}") == "34,848 + 96"


def test_an_expression_is_plain_tuples() -> None:
    assert plus(1, times(2, 3)) == ("+", 1, ("*", 2, 3))
    assert plus(1, 2) != plus(2, 1)


def test_derivations_are_compared_by_what_they_hold() -> None:
    one = Derivation("output", 3, plus(1, 2), beside=[Derivation("P", (0, 0))])
    assert one == Derivation("output", 3, plus(1, 2), beside=[Derivation("P", (0, 0))])
    assert one != Derivation("output", 3, plus(1, 2))
    assert one != one.of_part("height")
    assert one.of_part("height").part == "height"
    assert one != "output"
    assert "value=3" in repr(one)


# -- layers ------------------------------------------------------------------------------------


def test_every_expression_comes_to_its_value() -> None:
    wrong, compared = [], 0
    for name, record in records():
        for derivation in every(record.derivations):
            compared += derivation.expression is not None
            wrong += [(name, record.name, derivation)] * false(derivation)
    assert not wrong, wrong[:5]
    assert compared > 5000


@pytest.mark.parametrize("rounding", ["exact", "floor", "ceil"])
@pytest.mark.parametrize("P", [0, 1, 2, (0, 1), (2, 0), "same", "same_lower", "full", "valid"])
def test_every_small_window_comes_to_its_size(P: Any, rounding: Any) -> None:
    """A misfit under `exact` is a fraction that the size is the floor of."""
    for W in range(1, 10):
        for F in range(1, 6):
            for S in range(1, 5):
                for dilation in (1, 2):
                    fit = fit_window(W, F, S, P, dilation, rounding)
                    derivation = fit.derivation()
                    if fit.size:
                        assert not false(derivation), fit
                        assert floor(derivation.value) == fit.size, fit
                    else:
                        assert derivation.value is None


def planted(derivation: Derivation) -> Iterator[Derivation]:
    """Yield a derivation with each of its numbers changed by one, and its value."""
    yield Derivation(derivation.quantity, derivation.value + 1, derivation.expression)
    for changed in off_by_one(derivation.expression):
        yield Derivation(derivation.quantity, derivation.value, changed)


def off_by_one(expression: Any) -> Iterator[Any]:
    """Yield an expression with one of its numbers larger by one."""
    if not isinstance(expression, tuple):
        yield expression + 1
        return
    for place, operand in enumerate(expression[1:], start=1):
        for changed in off_by_one(operand):
            yield (*expression[:place], changed, *expression[place + 1 :])


def test_a_false_number_is_noticed() -> None:
    derivation = fit_window(227, 11, 4, 0, 1, "exact").derivation()
    faults = list(planted(derivation))
    assert len(faults) == 7
    assert not false(derivation)
    # 2*0 is 0 whatever stands for the 2
    assert [false(fault) for fault in faults].count(False) == 1


NUMBERS = ("weights", "biases", "non_trainable", "parameters", "macs")


def test_derivations_come_to_the_numbers_of_the_record() -> None:
    compared = 0
    for name, record in records():
        found: dict[str, int] = {}
        for derivation in record.derivations:
            if derivation.quantity in NUMBERS and derivation.value is not None:
                key = derivation.quantity
                found[key] = found.get(key, 0) + derivation.value
        for key, value in found.items():
            assert value == getattr(record, key), (name, record.name, key)
            compared += 1
        for key in NUMBERS if found else ():
            assert key in found or not getattr(record, key), (name, record.name, key)
    assert compared > 2000


def test_fields_come_to_those_of_the_record() -> None:
    compared = 0
    for name, record in records():
        told = [d for d in record.derivations if d.quantity == "receptive_field" and d.value]
        for derivation in told:
            sizes = record.receptive_field or ()
            whole = isinstance(derivation.value, tuple)
            assert derivation.value == sizes if whole else ceil(derivation.value) in sizes, name
            compared += 1
    assert compared > 1000
