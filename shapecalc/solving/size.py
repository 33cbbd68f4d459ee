"""Sizes that stand for many numbers at once, in the place of whole numbers.

A `Size` is a*floor((k + c)/m) + b for a variable k. That is closed under what windows do: adding,
multiplying, dividing with the rest dropped; floors in a row are merged, since
floor((floor((k + a)/m) + b)/n) = floor((k + a + b*m)/(m*n)). A `Polynomial` is a sum of products of
such floors: a number of values, or a sum of sizes that are rounded in different ways.

What is asked of a size (is it at least 1, does 4 divide it?) is answered by its scope.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from math import gcd
from typing import Any, Protocol, TypeAlias

Atom: TypeAlias = tuple[Hashable, int, int]  # a variable, c and m: floor((k + c)/m)
Monomial: TypeAlias = tuple[Atom, ...]  # in order; empty for the constant
Number: TypeAlias = "int | Size | Polynomial"

MOST_TERMS = 400
MOST_COMPARED = 4096  # sizes up to which a factor with decimals has to be a fraction's


class Unsolvable(Exception):
    """Raised where sizes that are no numbers cannot be followed."""


class Scope(Protocol):
    """Answers what is asked of sizes."""

    shown: bool  # whether sizes are written for people: text tells all of them

    def at_least(self, size: Size | Polynomial, least: int) -> bool:
        """Say whether a size is at least so large."""

    def equals(self, size: Size | Polynomial, other: int) -> bool:
        """Say whether a size is a number."""

    def leaves_rest(self, size: Size | Polynomial, divisor: int) -> bool:
        """Say whether something is left over when a size is divided."""

    def added(self, one: Size | Polynomial, other: Size | Polynomial) -> Number:
        """Return the sum of sizes that are rounded in different ways."""

    def divided(self, size: Size | Polynomial, divisor: int) -> Number:
        """Return a quotient that no single floor is."""

    def written(self, size: Size | Polynomial, how: str) -> str:
        """Return a size as text."""


class _Symbolic:
    """What can be done with sizes of both sorts, said by the two operations that differ."""

    __slots__ = ()
    scope: Scope

    def __add__(self, other: Any) -> Any:
        raise NotImplementedError

    def __mul__(self, other: Any) -> Any:
        raise NotImplementedError

    def __floordiv__(self, divisor: Any) -> Any:
        raise NotImplementedError

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> Any:
        return self

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mod__(self, divisor: Any) -> Any:
        return rest(self, divisor)  # type: ignore[arg-type]

    def __divmod__(self, divisor: Any) -> Any:
        return self // divisor, self % divisor

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, _Symbolic):
            return bool(self - other >= 0)
        if not isinstance(other, int):
            return NotImplemented
        return self.scope.at_least(self, other)  # type: ignore[arg-type]

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    def __gt__(self, other: Any) -> bool:
        return bool(self >= other + 1)

    def __le__(self, other: Any) -> bool:
        return not self >= other + 1

    def __bool__(self) -> bool:
        return not self.scope.equals(self, 0)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.scope.written(self, "")  # type: ignore[arg-type]

    __repr__ = __str__

    def __format__(self, how: str) -> str:
        return self.scope.written(self, how)  # type: ignore[arg-type]

    def _equals(self, other: Any) -> bool:
        """Say whether it is equal to something that is not written like it."""
        if isinstance(other, _Symbolic):
            if other.scope is not self.scope:  # of two traces that are compared
                return self.scope.shown and str(self) == str(other)
            other = self - other
            if isinstance(other, int):
                return other == 0
            return self.scope.equals(other, 0)
        if not isinstance(other, int):
            return NotImplemented  # type: ignore[no-any-return]
        return self.scope.equals(self, other)  # type: ignore[arg-type]

    def scaled(self, factor: float) -> Any:
        """Return the product with a factor that has decimals, floored."""
        exact = Fraction(repr(factor))
        above, below = exact.numerator, exact.denominator
        if below > 1000 or any(
            int(n * factor) != n * above // below for n in range(1, MOST_COMPARED)
        ):
            raise Unsolvable(f"the factor {factor:g}")
        return self * above // below


class Size(_Symbolic):
    """a*floor((k + c)/m) + b, where 0 <= c < m and a is not 0."""

    __slots__ = ("a", "b", "c", "hashed", "m", "scope", "variable")

    def __init__(
        self, scope: Scope, variable: Hashable, a: int = 1, b: int = 0, c: int = 0, m: int = 1
    ) -> None:
        self.scope, self.variable = scope, variable
        self.a, self.b, self.c, self.m = a, b, c, m
        self.hashed: int | None = None

    def __hash__(self) -> int:
        if self.hashed is None:  # few sizes are asked for it
            self.hashed = hash((self.variable, self.a, self.b, self.c, self.m, id(self.scope)))
        return self.hashed

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Size) and other.scope is self.scope and self._alike(other):
            return (self.a == other.a and self.b == other.b) or self._equals(other)
        return self._equals(other)

    def _alike(self, other: Size) -> bool:
        return self.variable == other.variable and self.c == other.c and self.m == other.m

    @property
    def atom(self) -> Atom:
        """The floor in it."""
        return self.variable, self.c, self.m

    def __add__(self, other: Any) -> Any:
        if isinstance(other, int):
            if not other:
                return self
            return Size(self.scope, self.variable, self.a, self.b + other, self.c, self.m)
        if isinstance(other, Size) and self._alike(other):
            a, b = self.a + other.a, self.b + other.b
            return Size(self.scope, self.variable, a, b, self.c, self.m) if a else b
        if isinstance(other, _Symbolic):
            return self.scope.added(self, other)  # type: ignore[arg-type]
        return NotImplemented

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):
            if other == 1 or not other:
                return self if other else 0
            return Size(self.scope, self.variable, self.a * other, self.b * other, self.c, self.m)
        if isinstance(other, _Symbolic):
            return product(self, other)
        return NotImplemented

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, int):
            return self.scope.at_least(self, other)
        return super().__ge__(other)

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    def __floordiv__(self, divisor: Any) -> Any:
        if not isinstance(divisor, int):
            return NotImplemented
        if divisor == 1:
            return self
        if self.a < 0:  # floor(-x/S) = -floor((x + S - 1)/S)
            return -((-self + divisor - 1) // divisor)
        common = gcd(self.a, divisor)
        a, b, n = self.a // common, self.b // common, divisor // common
        if n == 1:
            return Size(self.scope, self.variable, a, b, self.c, self.m)
        whole, a = divmod(a, n)
        if not a:
            return Size(self.scope, self.variable, whole, b // n, self.c, self.m)
        if a != 1:
            return self.scope.divided(self, divisor)
        found = floored(self.scope, self.variable, self.c + b * self.m, self.m * n)
        if not whole:
            return found
        return Size(self.scope, self.variable, whole, 0, self.c, self.m) + found


def floored(scope: Scope, variable: Hashable, c: int, m: int) -> Size:
    """Return floor((k + c)/m)."""
    b, c = divmod(c, m)
    return Size(scope, variable, 1, b, c, m)


def rest(size: Size | Polynomial, divisor: int) -> int | Rest:
    """Return what a size leaves over: a number where that is always the same."""
    if isinstance(size, Size) and size.a % divisor == 0:
        return size.b % divisor
    return Rest(size, divisor)


class Rest:
    """What a size leaves over when it is divided: nothing, or something."""

    __slots__ = ("divisor", "size")

    def __init__(self, size: Size | Polynomial, divisor: int) -> None:
        self.size, self.divisor = size, divisor

    def __bool__(self) -> bool:
        return self.size.scope.leaves_rest(self.size, self.divisor)


class Polynomial(_Symbolic):
    """A sum of products of floors with whole coefficients."""

    __slots__ = ("scope", "terms")

    def __init__(self, scope: Scope, terms: Mapping[Monomial, int]) -> None:
        if len(terms) > MOST_TERMS:
            raise Unsolvable("too many terms")
        self.scope, self.terms = scope, terms

    def __hash__(self) -> int:
        return hash((frozenset(self.terms.items()), id(self.scope)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Polynomial) and other.scope is self.scope:
            return self.terms == other.terms or self._equals(other)
        return self._equals(other)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, int | _Symbolic):
            return NotImplemented
        return total(self, other)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):  # keeps its form
            if other == 1 or not other:
                return self if other else 0
            terms = {monomial: factor * other for monomial, factor in self.terms.items()}
            return Polynomial(self.scope, terms)
        if not isinstance(other, _Symbolic):
            return NotImplemented
        return product(self, other)

    def __floordiv__(self, divisor: Any) -> Any:
        if not isinstance(divisor, int):
            return NotImplemented
        whole: dict[Monomial, int] = {}
        left: dict[Monomial, int] = {}
        for monomial, factor in self.terms.items():
            whole[monomial], left[monomial] = divmod(factor, divisor)
        constant = left.pop((), 0)
        left = {monomial: factor for monomial, factor in left.items() if factor}
        if not left:
            return simplest(self.scope, whole)
        remaining = simplest(self.scope, {**left, (): constant})
        found = self.scope.divided(remaining, divisor)  # type: ignore[arg-type]
        return simplest(self.scope, whole) + found


def terms_of(number: Any) -> Mapping[Monomial, int]:
    """Return a number, a size or a polynomial as the terms of one."""
    if isinstance(number, Polynomial):
        return number.terms
    if isinstance(number, Size):
        return {(number.atom,): number.a, (): number.b}
    return {(): number}


def total(one: Size | Polynomial, other: Any) -> Number:
    """Return a sum, term by term."""
    terms = dict(terms_of(one))
    for monomial, factor in terms_of(other).items():
        terms[monomial] = terms.get(monomial, 0) + factor
    return simplest(one.scope, terms)


def product(one: Size | Polynomial, other: Any) -> Number:
    """Return a product, each term by each."""
    if isinstance(one, Size) and isinstance(other, Size):  # nearly all are: height by width
        a, b = one.atom, other.atom
        atoms = (a, b) if _order(a) <= _order(b) else (b, a)
        products: dict[Monomial, int] = {atoms: one.a * other.a}
        if other.b:
            products[(a,)] = one.a * other.b
        if one.b:
            products[(b,)] = products.get((b,), 0) + one.b * other.a
        if one.b and other.b:
            products[()] = one.b * other.b
        return Polynomial(one.scope, products)
    terms: dict[Monomial, int] = {}
    for first, factor in terms_of(one).items():
        for second, by in terms_of(other).items():
            both = (*first, *second)
            if first and second:
                both = tuple(sorted(both, key=_order))
            terms[both] = terms.get(both, 0) + factor * by
    return simplest(one.scope, terms)


def _order(atom: Atom) -> tuple[str, int, int]:
    """Put floors in one order, whatever order they are multiplied in."""
    variable, c, m = atom
    return variable if isinstance(variable, str) else str(variable), c, m


def simplest(scope: Scope, terms: Mapping[Monomial, int]) -> Number:
    """Return terms as a number or a size where they are no more."""
    kept = {monomial: factor for monomial, factor in terms.items() if factor or not monomial}
    constant = kept.pop((), 0)
    if not kept:
        return constant
    if len(kept) == 1:
        ((monomial, factor),) = kept.items()
        if len(monomial) == 1:
            variable, c, m = monomial[0]
            return Size(scope, variable, factor, constant, c, m)
    return Polynomial(scope, {**kept, (): constant} if constant else kept)
