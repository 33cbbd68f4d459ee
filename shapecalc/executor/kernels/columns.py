"""Sums over the rows of n x D, a result for each column, and what is done with such results.

Values by the million are of the run's type; what there is one of for each column is float64, so
that the sums of many blocks lose nothing. Several rows are taken as one while they are short: with
a value for each column, rows of more than 4096 values take two thirds of the time of shorter ones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.cache_blocks import BLOCK

LONG = 5000  # values that a row should have at least
FAR = 16  # a mean's square over the variance: beyond it, the sum of squares says too little


@lru_cache(maxsize=32)
def _ones(n: int, dtype: str) -> Array:
    return np.ones(n, dtype)


def column_sums(rows: Array) -> Array:
    """Return the sum of each column: a product with ones is quicker than sum(0), and as exact."""
    return _ones(len(rows), rows.dtype.str) @ rows


class Plan:
    """How n x D is gone over: as long rows, several rows in one, and in blocks of them."""

    def __init__(self, n: int, D: int, dtype: str) -> None:
        self.n, self.D, self.dtype = n, D, np.dtype(dtype)
        most = max(1, min(n // 4, BLOCK // (D * self.dtype.itemsize)))
        several = [r for r in range(1, most + 1) if n % r == 0]
        self.r = next((r for r in several if r * D >= LONG), several[-1])
        self.shape = n // self.r, self.r * D
        step = max(1, BLOCK // (self.shape[1] * self.dtype.itemsize))
        self.cuts = [slice(s, s + step) for s in range(0, self.shape[0], step)]
        self.room = min(step, self.shape[0]), self.shape[1]

    def spread(self, values: Array) -> Array:
        """Return a value for each column as one for each value of a long row."""
        values = values.astype(self.dtype)
        return values[None].repeat(self.r, axis=0).reshape(-1) if self.r > 1 else values

    def sums(self, block: Array) -> Array:
        """Return the sums of columns of some long rows."""
        return column_sums(block.reshape(-1, self.D))

    def products(self, block: Array, other: Array) -> Array:
        """Return the sums of columns of a product."""
        sums: Array = np.einsum("ab,ab->b", block, other)
        return sums.reshape(self.r, self.D).sum(0, np.float64) if self.r > 1 else sums


_plan = lru_cache(maxsize=1024)(Plan)


def plan(rows: Array) -> Plan:
    """Return how some rows are gone over."""
    return _plan(*rows.shape, rows.dtype.str)


def far(mean: Array, variance: Array) -> bool:
    """Say whether a column's values are far from 0 for how little they differ."""
    return bool((mean * mean > FAR * variance).any())


def moments(rows: Array) -> tuple[Array, Array]:
    """Return the mean and the biased variance of each column of n x D.

    From the sums of values and squares; where the mean is far from 0, from a second pass about it.
    """
    how = plan(rows)
    n, long = how.n, rows.reshape(how.shape)
    sums, squares = np.zeros((2, how.D))
    for cut in how.cuts:
        block = long[cut]
        sums += how.sums(block)
        squares += how.products(block, block)
    mean, variance = sums / n, squares / n
    variance -= mean * mean
    if not far(mean, variance):
        return mean, variance
    rough = mean.astype(rows.dtype)
    about, room = how.spread(rough), np.empty(how.room, rows.dtype)
    sums, squares = np.zeros((2, how.D))
    for cut in how.cuts:
        block = long[cut]
        centred = np.subtract(block, about, out=room[: len(block)])
        sums += how.sums(centred)
        squares += how.products(centred, centred)
    sums /= n
    return rough + sums, np.maximum(squares / n - sums * sums, 0)


def shift(rows: Array, by: Array) -> None:
    """Add a value for each column to n x D."""
    how = plan(rows)
    long, plus = rows.reshape(how.shape), how.spread(by)
    for cut in how.cuts:
        block = long[cut]
        block += plus


def affine(rows: Array, scale: Array, shift: Array, out: Array) -> None:
    """Write rows*scale + shift, a scale and a shift for each column."""
    how = plan(rows)
    long, long_out = rows.reshape(how.shape), out.reshape(how.shape)
    by, plus = how.spread(scale), how.spread(shift)
    for cut in how.cuts:
        block = np.multiply(long[cut], by, out=long_out[cut])
        block += plus


def gradient_sums(upstream: Array, rows: Array, mean: Array, centre: bool) -> tuple[Array, Array]:
    """Return the sums over n of upstream and of upstream*(rows - mean), for each column.

    `centre` says that the mean has to be taken off every value, as it is far from 0.
    """
    how = plan(rows)
    long, above = rows.reshape(how.shape), upstream.reshape(how.shape)
    sums, products = np.zeros((2, how.D))
    if centre:
        rough = mean.astype(rows.dtype)
        about, room = how.spread(rough), np.empty(how.room, rows.dtype)
        mean = mean - rough
    for cut in how.cuts:
        up, block = above[cut], long[cut]
        sums += how.sums(up)
        if centre:
            block = np.subtract(block, about, out=room[: len(block)])
        products += how.products(up, block)
    return sums, products - mean * sums


def combine(one: Array, a: Array, other: Array, b: Array, c: Array, out: Array) -> None:
    """Write one*a + other*b + c with a, b and c for each column; `out` may be `one`."""
    how = plan(one)
    by_one, by_other, plus = how.spread(a), how.spread(b), how.spread(c)
    long, long_other, long_out = (rows.reshape(how.shape) for rows in (one, other, out))
    room = np.empty(how.room, one.dtype)
    for cut in how.cuts:
        block = long_other[cut]
        more = np.multiply(block, by_other, out=room[: len(block)])
        more += plus
        block = np.multiply(long[cut], by_one, out=long_out[cut])
        block += more
