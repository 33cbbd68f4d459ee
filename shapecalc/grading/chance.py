"""How many answers somebody may give in the place of one, by which a mistake is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from shapecalc.grading.comparison import NEAR as NEAR_ENOUGH
from shapecalc.grading.comparison import alike, whole_numbers
from shapecalc.grading.question import Tolerance
from shapecalc.grading.values import Value, flat

FAR = 5  # how many times as wide answers lie that are not near the right one
NEAR = 0.2  # of the right number
DECIMALS = 4  # that are believed


def room(
    right: Value,
    given: Value,
    slips: bool = False,
    near: Tolerance = NEAR_ENOUGH,
    added: Sequence[Sequence[int]] = (),
) -> float:
    """Return how many answers somebody may give, by another mistake, in the place of this one.

    A number of n is one of about 2*NEAR*n near the right one, and of many more further off. Several
    numbers are given one by one; of an array, those that are right stay so. With `slips` that holds
    for sizes as well, and sizes that are equal are one number, also where it is given once for all.
    Of numbers of an array, by their places, that are `added` up to what is known one follows.
    """
    ours, theirs = flat(right), flat(given)
    if slips and len(theirs) == 1 == len({*ours}):
        theirs = theirs * len(ours)
    if any(isinstance(number, str | bool) for number in (*ours, *theirs)):
        return 1
    digits = max(map(_decimals, (b for b in theirs if b is not None)), default=0)
    if len(ours) != len(theirs) and digits:
        return prod(_values(b, b, digits) for b in theirs)
    if len(ours) != len(theirs):
        return prod(max(1, FAR * abs(float(number))) for number in theirs)
    if whole_numbers(right):
        sizes = list(zip(ours, theirs, strict=True))
        return prod(_numbers(*s) for s in ({s for s in sizes if s[0] != s[1]} if slips else sizes))
    cells = enumerate(zip(ours, theirs, strict=True))
    values = {
        at: _values(a, b, digits) for at, (a, b) in cells if b is not None and not alike(a, b, near)
    }
    if len(set(theirs)) == 1 < len(values):  # one number, as often as there are cells
        return max(values.values())
    for places in added:
        if _add_up(ours, theirs, places, digits):
            last = max(places, key=lambda at: values.get(at, 0))
            values.pop(last, None)
    return max(1, len(ours)) * prod(values.values())


def _add_up(
    ours: Sequence[float], theirs: Sequence[float | None], places: Sequence[int], digits: int
) -> bool:
    """Say whether the numbers at some places add up to as much as the right ones, as far as their
    digits show it.
    """
    differences = [b - a for a, b in ((ours[at], theirs[at]) for at in places) if b is not None]
    rounding = len(places) * 0.5 * 10.0**-digits
    return len(differences) == len(places) and abs(sum(differences)) <= rounding * (1 + 1e-9)


def _numbers(right: float, given: float) -> float:
    """Return how many whole numbers may stand for one."""
    near = abs(given - right) <= NEAR * abs(right)
    return max(1, 2 * NEAR * abs(right) if near else FAR * abs(given))


def _values(right: float, given: float, digits: int) -> float:
    """Return how many values may stand for one, by how precisely all that were given are: -1 beside
    1.5 is one of as many as -1.0.
    """
    size = max(abs(right), abs(given))
    if not digits and float(right).is_integer():
        return max(1, 2 * size)
    return max(1.0, 2 * size * 10.0**digits)


def _decimals(number: float) -> int:
    """Return how many decimals a number is given with, of those that are believed."""
    return len(f"{number:.{DECIMALS}f}".rstrip("0").partition(".")[2])
