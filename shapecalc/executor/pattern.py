"""Random directions that take no memory: windows of one row of random values, repeated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.rng import DIFFERENT, generator, repeat

APART = 104_729  # a prime: windows with other numbers begin elsewhere


class Pattern:
    """Standard normal values for arrays of any size, told apart by numbers.

    An array's values are those of its number's window, again and again. The same number gives the
    same values, so that they need not be kept.
    """

    def __init__(self, *seed: int) -> None:
        values = generator("pattern", *seed).standard_normal(DIFFERENT)
        self._twice = np.concatenate([values, values])

    def window(self, number: int, size: int = DIFFERENT) -> Array:
        """Return the first values of a number, DIFFERENT of them at most."""
        start = number * APART % DIFFERENT
        return self._twice[start : start + min(size, DIFFERENT)]

    def fill(self, number: int, out: Array) -> None:
        """Fill a contiguous array."""
        repeat(self.window(number), out)

    def dot(self, number: int, values: Array) -> float:
        """Return the scalar product of an array with that of a number."""
        return sum(float(part @ steps) for part, steps in self._parts(number, values))

    def moved(self, number: int, values: Array, by: float, out: Array) -> None:
        """Write values + by*pattern into a contiguous array."""
        for (part, steps), (moved, _) in zip(
            self._parts(number, values), self._parts(number, out), strict=True
        ):
            np.multiply(steps, by, out=moved)
            moved += part

    def _parts(self, number: int, values: Array) -> Iterator[tuple[Array, Array]]:
        flat, window = np.ascontiguousarray(values).reshape(-1), self.window(number)
        for first in range(0, flat.size, DIFFERENT):
            part = flat[first : first + DIFFERENT]
            yield part, window[: len(part)]
