"""Sizes that have names, at numbers for which the network fits: what layers ask is answered by
these, and what that says of the names is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from math import gcd, lcm
from typing import Any

from shapecalc.solving.size import (
    Number,
    Polynomial,
    Scope,
    Size,
    Unsolvable,
    simplest,
    terms_of,
    total,
)
from shapecalc.solving.text import Nested, written

MOST_RESTS = 4096
MOST_NESTED = 6


class Names(Scope):
    """Named sizes with their numbers. `known` is what is learned: sizes that fit leave so much when
    divided by that; `equal` has what was found to have to be equal.
    """

    shown = True

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.given = {**numbers}
        self.numbers: dict[Any, int] = {**numbers}  # and those of floors, once worked out
        self.known: dict[str, tuple[int, int]] = {}
        self.equal: dict[Any, Size | Polynomial] = {}  # differences that are 0, by their terms
        self.nested: dict[Any, tuple[int, int]] = {}  # how deep floors lie in it, and how many
        self.needed: list[
            tuple[str, Size | Polynomial, int]
        ] = []  # that it is 0, or divided by that
        self.deciding = True  # whether a layer asks, and not who writes what it does

    def size(self, name: str) -> Size:
        """Return a size by its name."""
        return Size(self, name)

    def number(self, size: Any) -> int:
        """Return what a size is at the numbers."""
        return _number(size, self.numbers)

    def at(self, numbers: Mapping[str, int]) -> Callable[[Any], int]:
        """Return what says what a size is where names have other numbers."""
        return partial(_number, numbers={**self.given, **numbers})

    @contextmanager
    def undecided(self) -> Iterator[None]:
        """Learn nothing of what is asked meanwhile: no layer asks, but who writes what it does."""
        self.deciding = False
        try:
            yield
        finally:
            self.deciding = True

    # -- what is asked ---------------------------------------------------------------------------

    def at_least(self, size: Size | Polynomial, least: int) -> bool:
        return self.number(size) >= least

    def equals(self, size: Size | Polynomial, other: int) -> bool:
        if self.number(size) != other or not self.deciding:
            return False
        difference = size - other
        terms = frozenset(terms_of(difference).items())
        if terms not in self.equal:
            self.equal[terms] = difference
            self._learn(difference)
        return True

    def leaves_rest(self, size: Size | Polynomial, divisor: int) -> bool:
        if self.number(size) % divisor:
            return True
        if self.deciding:
            self._learn(size, divisor)
        return not self._surely_divides(size, divisor)

    def _surely_divides(self, size: Size | Polynomial, divisor: int) -> bool:
        if not isinstance(size, Size) or not isinstance(size.variable, str):
            return self.deciding
        step, _ = self.known.get(size.variable, (1, 0))
        return self.deciding or size.a * step % (divisor * size.m) == 0

    def _learn(self, size: Size | Polynomial, divisor: int = 0) -> None:
        """Learn what it says of a name that a size is 0, or divided without a rest."""
        name = self.letter_of(size)
        if name is None:
            return
        period = (divisor or 1) * period_of([size])
        if lcm(period, self.known.get(name, (1, 0))[0]) > MOST_RESTS:
            return
        here = self.numbers[name]
        if not divisor and self.number_at(size, name, here + period) != 0:
            return  # at this size alone, or at a few
        self.needed.append((name, size, divisor))
        before = self.known.get(name, (1, 0))
        steps = range(0, lcm(period, before[0]), before[0])
        rests = [r for r in steps if self._holds(size, name, here + r, divisor)]
        step = gcd(lcm(period, before[0]), *rests)  # of the widest class that has them all
        self.known[name] = (step, here % step)

    def step(self, name: str) -> int:
        """Return how far apart sizes of a name are that are known to fit."""
        return self.known.get(name, (1, 0))[0]

    def steps(self, name: str, period: int) -> Sequence[int]:
        """Return by how much more, up to a period, a name may be for what it is known to need."""
        here, step = self.numbers[name], self.step(name)
        needed = [(size, divisor) for of, size, divisor in self.needed if of == name]
        return [
            n
            for n in range(step, period, step)
            if all(self._holds(size, name, here + n, divisor) for size, divisor in needed)
        ]

    def _holds(self, size: Size | Polynomial, name: str, W: int, divisor: int) -> bool:
        value = self.number_at(size, name, W)
        return value % divisor == 0 if divisor else value == 0

    # -- what is more than one floor -------------------------------------------------------------

    def added(self, one: Size | Polynomial, other: Size | Polynomial) -> Number:
        return total(one, other)

    def divided(self, size: Size | Polynomial, divisor: int) -> Number:
        variable = Nested(size, divisor)
        if variable not in self.nested:
            inside = [self.nested.get(inner, (0, 1)) for inner, _, _ in _atoms(size)]
            depth = 1 + max((deep for deep, _ in inside), default=0)
            self.nested[variable] = depth, 1 + sum(count for _, count in inside)
            if depth > MOST_NESTED or len(self.nested) > MOST_RESTS:
                raise Unsolvable("too many different cases")
        return Size(self, variable)

    def floors(self, size: Any) -> int:
        """Return how many floors it takes to write a size."""
        if isinstance(size, int):
            return 0
        return sum(self.nested.get(variable, (0, 1))[1] for variable, _, _ in _atoms(size))

    def number_at(self, size: Any, name: str, W: int) -> int:
        """Return what a size is where a name has another number."""
        if isinstance(size, Size) and size.variable == name:  # nearly all are
            return size.a * ((W + size.c) // size.m) + size.b
        return self.at({name: W})(size)

    def letter_of(self, size: Size | Polynomial) -> str | None:
        """Return the one name that a size depends on; None where there are several."""
        names = names_in(size)
        return names.pop() if len(names) == 1 else None

    def sum_of(self, terms: Mapping[Any, int]) -> str:
        """Return the sum of some terms as text."""
        return str(simplest(self, terms))

    def written(self, size: Size | Polynomial, how: str) -> str:
        return written(size, self.known, how)


def _atoms(size: Size | Polynomial) -> list[tuple[Hashable, int, int]]:
    if isinstance(size, Size):
        return [size.atom]
    return [atom for monomial in size.terms for atom in monomial]


def period_of(sizes: Iterable[Size | Polynomial]) -> int:
    """Return how far apart numbers are at which everything in some sizes is rounded alike."""
    periods = {m * _inner_period(variable) for size in sizes for variable, _, m in _atoms(size)}
    return lcm(*periods)


def _inner_period(variable: Hashable) -> int:
    if not isinstance(variable, Nested):
        return 1
    return variable.divisor * period_of([variable.inside])


def names_in(size: Size | Polynomial) -> set[str]:
    """Return the names that a size depends on."""
    found: set[str] = set()
    for variable, _, _ in _atoms(size):
        if isinstance(variable, Nested):
            found |= names_in(variable.inside)
        else:
            found.add(str(variable))
    return found


def _number(size: Any, numbers: dict[Any, int]) -> int:
    """Return what a size is at some numbers; `numbers` keeps what is worked out on the way."""
    if isinstance(size, int):
        return size
    if isinstance(size, Size):
        return size.a * ((_of_variable(size.variable, numbers) + size.c) // size.m) + size.b
    value = 0
    for monomial, factor in size.terms.items():
        for variable, c, m in monomial:
            factor *= (_of_variable(variable, numbers) + c) // m
        value += factor
    return value


def _of_variable(variable: Hashable, numbers: dict[Any, int]) -> int:
    number = numbers.get(variable)
    if number is None and isinstance(variable, Nested):
        number = numbers[variable] = _number(variable.inside, numbers) // variable.divisor
    return number  # type: ignore[return-value]  # every name has one
