"""Sums over the rows of n x D, a result for each column, and what is done with such results.

Values by the million are of the run's type; what there is one of for each column is float64, so
that the sums of many blocks lose nothing.
"""

from __future__ import annotations

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.cache_blocks import blocks


def column_sums(rows: Array) -> Array:
    """Return the sum of each column: a product with ones is quicker than sum(0), and as exact."""
    return np.ones(len(rows), rows.dtype) @ rows


class Spread:
    """A value for each channel, repeated so that it meets a block of rows in one long loop."""

    def __init__(self, values: Array, rows: Array) -> None:
        values = values.astype(rows.dtype)[None]
        block = next(blocks(rows)).stop
        # A single block does not repay the repeating.
        self.values = np.tile(values, (block, 1)) if block < len(rows) else values

    def meet(self, block: Array) -> Array:
        """Return what is computed with a block of rows."""
        return self.values[: len(block)]


def scratch(rows: Array) -> Array:
    """Return room for a block of rows, to be used again for the next one."""
    return np.empty_like(rows[next(blocks(rows))])


def moments(rows: Array) -> tuple[Array, Array]:
    """Return the mean and the biased variance of each column of n x D, in two passes.

    The second pass starts from the first one's mean, and corrects what rounding left of it.
    """
    sums, squares = np.zeros((2, rows.shape[1]))
    for cut in blocks(rows):
        sums += column_sums(rows[cut])
    rough = (sums / len(rows)).astype(rows.dtype)
    sums[:] = 0
    about, room = Spread(rough, rows), scratch(rows)
    for cut in blocks(rows):
        block = rows[cut]
        centred = np.subtract(block, about.meet(block), out=room[: len(block)])
        sums += column_sums(centred)
        centred *= centred
        squares += column_sums(centred)
    sums /= len(rows)
    return rough + sums, np.maximum(squares / len(rows) - sums * sums, 0)


def affine(rows: Array, scale: Array, shift: Array, out: Array) -> None:
    """Write rows*scale + shift, a scale and a shift for each column."""
    scales, shifts = Spread(scale, rows), Spread(shift, rows)
    for cut in blocks(rows):
        block = np.multiply(rows[cut], scales.meet(rows[cut]), out=out[cut])
        block += shifts.meet(block)


def gradient_sums(upstream: Array, rows: Array, mean: Array) -> tuple[Array, Array]:
    """Return the sums over n of upstream and of upstream*(rows - mean), for each column."""
    sums, products = np.zeros((2, rows.shape[1]))
    rough = mean.astype(rows.dtype)
    about, room = Spread(rough, rows), scratch(rows)
    for cut in blocks(rows):
        block = rows[cut]
        sums += column_sums(upstream[cut])
        centred = np.subtract(block, about.meet(block), out=room[: len(block)])
        centred *= upstream[cut]
        products += column_sums(centred)
    return sums, products - (mean - rough) * sums


def combine(one: Array, a: Array, other: Array, b: Array, c: Array, out: Array) -> None:
    """Write one*a + other*b + c with a, b and c for each column; `out` may be `one`."""
    by_one, by_other, plus, room = Spread(a, one), Spread(b, one), Spread(c, one), scratch(one)
    for cut in blocks(one):
        block = other[cut]
        more = np.multiply(block, by_other.meet(block), out=room[: len(block)])
        more += plus.meet(block)
        block = np.multiply(one[cut], by_one.meet(block), out=out[cut])
        block += more
