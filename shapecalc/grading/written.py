"""How exactly a number was written: -1.95 may stand for all from -1.96 to -1.94."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from shapecalc.grading.values import Number

CARRIED = 0.0005  # of a number: what is off in a result whose terms were rounded to three digits


def last_digit(number: Number) -> float:
    """Return what the last digit of a number is worth: 0.01 for 1.95, 1 for 2 and for 2.0.

    Zeros at the end of decimals are not kept when an answer is read, and count as none.
    """
    if isinstance(number, int) or number.is_integer() or not isfinite(number):
        return 1.0
    exponent: Any = Decimal(repr(number)).as_tuple().exponent
    return float(10.0**exponent)


def may_stand_for(numbers: Sequence[Number | None], exact: Sequence[Number]) -> bool:
    """Say whether numbers as written may be others: rounded or cut off at the last digit, or worked
    out from terms that were rounded. A number that is None is not compared.
    """
    return all(
        a is None or abs(a - b) <= max(last_digit(a) * (1 + 1e-9), CARRIED * abs(b))
        for a, b in zip(numbers, exact, strict=True)
    )


def is_rounded_from(
    numbers: Sequence[Number | None], exact: Sequence[Number], decimals: int | None = None
) -> bool:
    """Say whether numbers as written are others rounded: each at its last digit, or all of them to
    so many decimals. A half may be rounded up or down.
    """
    return all(
        a is None or _is_rounded(a, b, last_digit(a) if decimals is None else 10.0**-decimals)
        for a, b in zip(numbers, exact, strict=True)
    )


def _is_rounded(written: Number, exact: Number, digit: float) -> bool:
    """Say whether a number is another one rounded at a digit that is worth so much."""
    no_finer = last_digit(written) >= digit * (1 - 1e-9)
    return no_finer and abs(written - exact) <= digit * (0.5 + 1e-9)
