"""What is done with a value for each column, against the same in one broadcast expression."""

from __future__ import annotations

import numpy as np
import pytest

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.columns import affine, combine, gradient_sums, plan, shift

SHAPES = [
    (1, 3),  # a row, and nothing to join
    (7, 5),  # a prime number of rows
    (49, 160),
    (3001, 64),  # prime, and several blocks
    (4096, 1),
    (12544, 32),  # several rows in one, and several blocks
    (60, 3000),
    (2, 200_000),  # a row is more than a block
]


def drawn(seed: int, *shape: int) -> Array:
    """Return standard normal values."""
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_blocks_cover_all_rows_once(shape: tuple[int, int]) -> None:
    how = plan(np.empty(shape))
    seen = np.zeros(how.shape, np.int64)
    for cut in how.cuts:
        seen[cut] += 1
    assert seen.size == shape[0] * shape[1]
    assert seen.all()
    assert seen.max() == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_values_for_columns(shape: tuple[int, int]) -> None:
    rows, other = drawn(1, *shape), drawn(2, *shape)
    a, b, c = drawn(3, 3, shape[1])
    shifted, written, both = rows.copy(), np.empty(shape), rows.copy()
    shift(shifted, c)
    np.testing.assert_array_equal(shifted, rows + c)
    affine(rows, a, c, written)
    np.testing.assert_allclose(written, rows * a + c, rtol=1e-14, atol=1e-14)
    combine(both, a, other, b, c, both)
    np.testing.assert_allclose(both, rows * a + other * b + c, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("centre", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_of_columns(shape: tuple[int, int], centre: bool) -> None:
    rows, above, mean = drawn(1, *shape) + 2, drawn(2, *shape), drawn(3, shape[1])
    sums, products = gradient_sums(above, rows, mean, centre)
    np.testing.assert_allclose(sums, above.sum(0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(products, (above * (rows - mean)).sum(0), rtol=1e-9, atol=1e-9)
