"""Sizes and counts as people write them: (H - 11)/4 + 1, ceil(W/32), 733,888*H*W - 90,947,712*H.

A floor is written out where the sizes that fit make it a fraction: of H = 67 + 32k,
floor((H - 11)/4) is (H - 11)/4. `Known` says which those are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, TypeAlias

from shapecalc.solving.size import Atom, Polynomial, Size, terms_of

Known: TypeAlias = "Mapping[str, tuple[int, int]]"  # by name: W leaves so much when divided by that
Symbols: TypeAlias = "tuple[str, ...]"  # what is multiplied, as text
Sum: TypeAlias = "dict[Symbols, Fraction]"

ONE: Symbols = ()


class Nested(NamedTuple):
    """The variable floor(inside/divisor) where inside is rounded itself, or a sum of several."""

    inside: Size | Polynomial
    divisor: int


def written(number: Size | Polynomial, known: Known, how: str = "") -> str:
    """Return a size or a count as text; `how` is "," for separated thousands."""
    separated = how == ","
    terms = resolved(number, known)
    names = [symbols for symbols in terms if symbols]
    if len(names) == 1 and len(names[0]) == 1:
        return _of_one(names[0][0], terms[names[0]], terms.get(ONE, Fraction(0)), separated)
    return _sum(terms, separated)


def resolved(number: Any, known: Known) -> Sum:
    """Return a number as a sum of products of names, and of floors that have to stay."""
    found: Sum = {}
    for monomial, factor in terms_of(number).items():
        products: Sum = {ONE: Fraction(factor)}
        for atom in monomial:
            products = _times(products, _atom(atom, known))
        for symbols, value in products.items():
            found[symbols] = found.get(symbols, Fraction(0)) + value
    return {symbols: value for symbols, value in found.items() if value}


def _times(one: Sum, other: Sum) -> Sum:
    found: Sum = {}
    for a, factor in one.items():
        for b, by in other.items():
            symbols = tuple(sorted((*a, *b), key=_order))
            found[symbols] = found.get(symbols, Fraction(0)) + factor * by
    return found


def _order(symbol: str) -> tuple[str, str]:
    """Put floors beside the name that is in them."""
    name = next((c for c in symbol.replace("floor", "").replace("ceil", "") if c.isalpha()), "")
    return name, symbol


def _atom(atom: Atom, known: Known) -> Sum:
    """Return floor((k + c)/m): a fraction where k is known to leave one rest."""
    variable, c, m = atom
    if isinstance(variable, Nested):
        return _nested(variable, c, m, known)
    name = str(variable)
    if m == 1:
        return {(name,): Fraction(1), ONE: Fraction(c)}
    step, rest = known.get(name, (1, 0))
    return _floored(name, c, m, step, rest)


def _floored(name: str, c: int, m: int, step: int, rest: int) -> Sum:
    if step % m == 0:
        left = (rest + c) % m
        return {(name,): Fraction(1, m), ONE: Fraction(c - left, m)}
    whole, text = _rounded(name, c, m)
    return {(text,): Fraction(1), ONE: Fraction(whole)}


def _rounded(name: str, c: int, m: int) -> tuple[int, str]:
    """Return floor((W + c)/m) as a text and what is added to it: ceil(W/2) and 0."""
    whole, c = divmod(c, m)
    if not c:
        return whole, f"floor({name}/{m})"
    if c == m - 1:
        return whole, f"ceil({name}/{m})"
    return whole + 1, f"floor(({name} - {m - c})/{m})"


def _nested(of: Nested, c: int, m: int, known: Known) -> Sum:
    """Return floor((floor(inside/divisor) + c)/m), as one floor where inside is a fraction."""
    inside = resolved(of.inside, known)
    divisor, constant = of.divisor * m, inside.get(ONE, Fraction(0)) + c * of.divisor
    names = [symbols for symbols in inside if symbols]
    if len(names) == 1 and len(names[0]) == 1:
        (name,) = names[0]
        factor = inside[names[0]]
        common = lcm(factor.denominator, constant.denominator)
        p, t, q = int(factor * common), int(constant * common), divisor * common
        if name in known or "(" not in name:
            step, rest = known.get(name, (1, 0))
            if step * p % q == 0:
                left = (p * rest + t) % q
                return {(name,): Fraction(p, q), ONE: Fraction(t - left, q)}
            if q % p == 0 and p > 0:
                return _floored(name, t // p, q // p, step, rest)
    text = _sum({**inside, ONE: constant} if constant else inside, False)
    simple = len(inside) == 1 and not constant
    return {(f"floor({text if simple else f'({text})'}/{divisor})",): Fraction(1)}


# -- writing ---------------------------------------------------------------------------------------


def _of_one(symbol: str, factor: Fraction, constant: Fraction, separated: bool) -> str:
    """Return factor*W + constant: (W - 11)/4 + 1 rather than W/4 - 7/4."""
    number = _separated if separated else str
    m = factor.denominator
    if m == 1 or constant.denominator == 1:
        return _sum({(symbol,): factor, ONE: constant}, separated)
    if factor.numerator != 1:
        whole = lcm(m, constant.denominator)
        inner = _sum({(symbol,): factor * whole, ONE: constant * whole}, separated)
        return f"({inner})/{number(whole)}"
    moved = (constant - 1) * m
    if moved.denominator != 1:
        whole = lcm(m, constant.denominator)
        return f"({_sum({(symbol,): factor * whole, ONE: constant * whole}, separated)})/{whole}"
    inner = _sum({(symbol,): Fraction(1), ONE: moved}, separated)
    return f"({inner})/{number(m)} + 1"


def _sum(terms: Sum, separated: bool) -> str:
    """Return a sum of products, those of most factors first."""
    number: Callable[[int], str] = _separated if separated else str
    text = ""
    ordered = sorted(terms.items(), key=lambda term: (-len(term[0]), tuple(map(_order, term[0]))))
    for symbols, value in ordered:
        if not value:
            continue
        sign = "-" if value < 0 else "+"
        shown = _product(symbols, abs(value), number)
        text += f" {sign} {shown}" if text else (f"-{shown}" if value < 0 else shown)
    return text or "0"


def _product(symbols: Symbols, value: Fraction, number: Callable[[int], str]) -> str:
    powers: dict[str, int] = {}
    for symbol in symbols:
        powers[symbol] = powers.get(symbol, 0) + 1
    factors = [symbol if n == 1 else f"{symbol}^{n}" for symbol, n in powers.items()]
    if value.numerator != 1 or not factors:
        factors.insert(0, number(value.numerator))
    shown = "*".join(factors)
    return shown if value.denominator == 1 else f"{shown}/{number(value.denominator)}"


def _separated(value: int) -> str:
    return f"{value:,}"
