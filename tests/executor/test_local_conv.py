"""Filters of their own at every position, beside plain loops: which row is whose."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from shapecalc.executor import run


@pytest.mark.parametrize("P", [0, 1])
def test_the_rows_are_in_the_order_depth_height_width(P: int) -> None:
    rng = np.random.default_rng(0)
    H, W, D, K, F = 4, 6, 2, 3, 2
    h, w = H + 2 * P - F + 1, W + 2 * P - F + 1
    x = rng.standard_normal((2, D, H, W))
    weight, bias = rng.standard_normal((K * h * w, D, F, F)), rng.standard_normal(K * h * w)
    upstream = rng.standard_normal((2, K, h, w))
    padded = np.pad(x, [(0, 0), (0, 0), (P, P), (P, P)])
    y, db, dw = np.zeros(upstream.shape), np.zeros(bias.shape), np.zeros(weight.shape)
    for k, i, j in product(range(K), range(h), range(w)):
        row = (k * h + i) * w + j
        window = padded[:, :, i : i + F, j : j + F]
        y[:, k, i, j] = (window * weight[row]).sum(axis=(1, 2, 3)) + bias[row]
        db[row] = upstream[:, k, i, j].sum()
        dw[row] = (window * upstream[:, k, i, j][:, None, None, None]).sum(axis=0)
    layer = {"local_conv": {"name": "a", "K": K, "F": F, "P": P}}
    result = run(
        {"input": [H, W, D], "layers": [layer]},
        inputs=x,
        parameters={"a.weight": weight, "a.bias": bias},
        upstream={"a": upstream},
    )
    np.testing.assert_allclose(result.outputs["a"], y, atol=1e-12)
    np.testing.assert_allclose(result.gradients["a.bias"], db, atol=1e-12)
    np.testing.assert_allclose(result.gradients["a.weight"], dw, atol=1e-12)
