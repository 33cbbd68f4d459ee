"""Padding with the input's own values: what stands in the border, and where its gradient goes."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import run
from shapecalc.verification import Verification


def place(at: int, W: int, mode: str) -> int:
    """Return which of W values stands at a place, walked there step by step."""
    if mode == "circular":
        while not 0 <= at < W:
            at += W if at < 0 else -W
        return at
    if mode == "replicate":
        return min(max(at, 0), W - 1)
    return -at if at < 0 else at if at < W else 2 * (W - 1) - at


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (0, 2), (3, 3)])
def test_each_value_stands_in_its_places_and_gets_their_gradients(
    mode: str, before: int, after: int
) -> None:
    H, W = 4, 5
    spec: dict[str, Any] = {
        "input": [H, W, 2],
        "layers": [{"pad": {"P": [[after, before], [before, after]], "mode": mode}}],
    }
    shape = (1, 2, H + before + after, W + before + after)
    upstream = np.random.default_rng(0).standard_normal(shape)
    result = run(spec, upstream={"pad1": upstream})
    x, y = result.outputs["input"], result.outputs["pad1"]
    gradient = np.zeros_like(x)
    for row, column in product(range(shape[2]), range(shape[3])):
        at = (
            slice(None),
            slice(None),
            place(row - after, H, mode),
            place(column - before, W, mode),
        )
        assert np.array_equal(y[:, :, row, column], x[at])
        gradient[at] += upstream[:, :, row, column]
    np.testing.assert_allclose(result.gradients["input"], gradient, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_a_convolution_pads_as_the_layer_does(mode: str) -> None:
    fields = {"K": 3, "F": 3, "name": "conv"}
    one = {"conv": {**fields, "P": 2, "mode": mode}}
    two = [{"pad": {"P": 2, "mode": mode}}, {"conv": fields}]
    results = [
        run({"input": [6, 5, 2], "layers": layers}, upstream={"conv": np.ones((1, 3, 8, 7))},
            parameters={"conv.weight": np.arange(54).reshape(3, 2, 3, 3) / 10})
        for layers in ([one], two)
    ]  # fmt: skip
    for name in ("input", "conv.weight", "conv.bias"):
        one_gradient, other = (result.gradients[name] for result in results)
        np.testing.assert_allclose(one_gradient, other, atol=1e-12)
    np.testing.assert_allclose(*(result.outputs["conv"] for result in results), atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("W", [3, 5, 9])
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_verify_has_nothing_against_it(W: int, mode: str) -> None:
    filled = {"P": 2, "mode": mode}
    layers = [
        {"conv": {"K": 2, "F": 3, "S": 2, **filled}},
        {"residual": {"body": [{"conv": {"K": 2, "F": 5, **filled}}]}},
        {"pad": {"P": 1, "mode": mode}},
        {"conv": {"K": 2, "F": 3}},
        {"conv_transpose": {"K": 1, "F": 2, "S": 2}},
    ]
    spec = {"input": [W, 8, 2], "rounding": "floor", "layers": layers}
    found = shapecalc.verify(spec)
    assert isinstance(found, Verification)
    wrong = [check for check in found.checks if not check.agrees]
    assert not wrong
    assert found.agrees


def test_a_field_too_small_behind_a_mirror_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from shapecalc.layers.conv import Conv

    def narrow(self: Conv, fields: Any, inputs: Any, output: Any) -> Any:
        field = right(self, fields, inputs, output)
        axes = tuple(axis._replace(ends=axis.starts) for axis in field.axes)
        return field._replace(axes=axes)

    right = Conv.receptive_field
    monkeypatch.setattr(Conv, "receptive_field", narrow)
    spec = {"input": "9x9x1", "layers": [{"conv": {"K": 1, "F": 3, "P": 1, "mode": "reflect"}}]}
    wrong = [check.quantity for check in shapecalc.verify(spec).checks if not check.agrees]
    assert wrong == ["receptive_field"]
