"""Formulas in letters, `(W - F + 2P)/S + 1`: two are the same if they have the same values.

That is tried at points at which every window fits: F - 1, W - 1 and P are multiples of S, so that
nothing is left over and nothing is to be rounded, whatever the dilation, and with half the padding
or none. K and C are multiples of 12, so that most numbers of groups divide them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from shapecalc.grading.arithmetic import formula_value

LETTERS = "WFSPKC"
DIVISIBLE = 12
ROWS = (
    (31, 11, 2, 2, 24, 12),
    (101, 9, 2, 4, 12, 36),
    (46, 7, 3, 3, 48, 60),
    (58, 16, 3, 6, 36, 24),
    (53, 13, 4, 4, 60, 48),
    (91, 26, 5, 5, 84, 12),
    (100, 10, 3, 3, 12, 72),
    (85, 17, 4, 8, 96, 108),
)
POINTS: tuple[Mapping[str, int], ...] = tuple(dict(zip(LETTERS, row, strict=True)) for row in ROWS)
NO_LETTERS = "it has no letters, and a formula in letters is asked for"


@dataclass(frozen=True)
class Formula:
    """A formula as it is written, and its values at the points, by which it is compared."""

    text: str = field(compare=False)
    values: tuple[Fraction | None, ...]  # None where it would divide by 0

    def __str__(self) -> str:
        return self.text


def formula_of(text: str) -> Formula:
    """Return a formula. Raises ValueError for what is none, or has no letter in it."""
    capitals = re.sub(r"floor|[a-z]", _capital, text)
    values = tuple(_value(capitals, point) for point in POINTS)
    if not any(letter in capitals for letter in LETTERS):
        raise ValueError(NO_LETTERS)
    return Formula(text, values)


def _capital(match: re.Match[str]) -> str:
    """Return a letter as a capital; x stays what multiplies."""
    return match[0] if match[0] in ("floor", "x") else match[0].upper()


def _value(text: str, point: Mapping[str, int]) -> Fraction | None:
    try:
        return formula_value(text, {letter: Fraction(n) for letter, n in point.items()})
    except ZeroDivisionError:
        return None
