"""Random arrays: as many different values as are drawn, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from shapecalc.executor.rng import DIFFERENT, generator, normal, repeat


def test_the_values_of_a_large_array_repeat() -> None:
    large = normal(generator("upstream", 3), np.empty((3, DIFFERENT // 2))).reshape(-1)
    assert np.array_equal(large[:-DIFFERENT], large[DIFFERENT:])
    assert len(np.unique(large)) == DIFFERENT
    assert abs(large.mean()) < 0.01
    assert abs(large.std() - 1) < 0.01


@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 3, 4)])
def test_a_small_array_has_the_generators_own_values(shape: tuple[int, ...]) -> None:
    expected = generator("upstream", 3).standard_normal(shape)
    assert np.array_equal(normal(generator("upstream", 3), np.empty(shape)), expected)


def test_the_repetition_falls_in_with_no_row_or_channel() -> None:
    assert all(DIFFERENT % n for n in range(2, int(DIFFERENT**0.5) + 1))


@pytest.mark.parametrize("count", [1, 3, 4, 5, 12, 13])
def test_values_are_repeated_to_the_end(count: int) -> None:
    out = np.zeros((3, 4))
    repeat(np.arange(1.0, count + 1), out)
    assert np.array_equal(out.reshape(-1), np.resize(np.arange(1.0, count + 1), 12))
