"""Normalizations: values from plain loops over what is averaged, gradients by differences."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from itertools import product
from math import fsum
from typing import Any

import numpy as np
import pytest

from shapecalc.executor import run
from shapecalc.executor.buffers import Buffers
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.columns import moments
from shapecalc.layers import KINDS

EPS = 1e-5
SHAPES = [(5, 4), (3, 5, 4), (1, 3, 2, 6), (2, 2, 3, 2, 4)]
NORMS: list[tuple[str, dict[str, Any]]] = [
    ("batch_norm", {}),
    ("instance_norm", {}),
    ("layer_norm", {}),
    ("group_norm", {"groups": 2}),
    ("group_norm", {"groups": 1}),
    ("lrn", {"size": 3, "alpha": 0.5, "beta": 0.75, "k": 2.0}),
    ("lrn", {"size": 4, "alpha": 0.5, "beta": 0.6, "k": 1.0}),
    ("lrn", {"size": 12, "alpha": 0.1, "beta": 0.75, "k": 1.0}),
]
CASES = [
    (kind, fields, shape)
    for (kind, fields), shape in product(NORMS, SHAPES)
    if len(shape) > 2 or kind not in ("instance_norm", "lrn")
]


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Let every warning fail the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


class Norm:
    """A normalization with its parameters, ready to run."""

    def __init__(self, kind: str, D: int, dtype: str = "float64", **fields: Any) -> None:
        random = np.random.default_rng(D)
        training = fields.pop("training", True)
        self.kernel = KERNELS[kind](KINDS[kind](**fields))
        self.context = Context(Buffers(dtype), training)
        self.parameters = {}
        if kind != "lrn" and fields.get("affine", True):
            names = ("weight", "bias")
            self.parameters = {name: random.normal(size=D).astype(dtype) for name in names}
        self.learned = dict(self.parameters)
        if kind == "batch_norm":
            self.parameters["running_mean"] = random.normal(size=D).astype(dtype)
            self.parameters["running_var"] = (random.random(D) + 0.5).astype(dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output; `saved` is kept."""
        y, self.saved = self.kernel.forward(self.context, [x], self.parameters)
        return y

    def backward(self, upstream: np.ndarray) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """Return the gradients of the input and of the parameters."""
        (dx,), learned = self.kernel.backward(
            self.context, upstream, self.saved, self.parameters, [True]
        )
        assert dx is not None
        return dx, learned


def averaged(kind: str, fields: dict[str, Any], shape: tuple[int, ...]) -> list[tuple[Any, ...]]:
    """Return the cuts whose values share their statistics."""
    N, D = shape[0], shape[-1]
    if kind == "batch_norm":
        return [(..., d) for d in range(D)]
    if kind == "instance_norm":
        return [(n, ..., d) for n in range(N) for d in range(D)]
    if kind == "layer_norm":
        return list(np.ndindex(shape[:-1]))
    width = D // fields["groups"]
    return [(n, ..., slice(d, d + width)) for n in range(N) for d in range(0, D, width)]


def expected(kind: str, fields: dict[str, Any], x: np.ndarray, norm: Norm) -> np.ndarray:
    """Return the output from the definition."""
    out, D = np.empty_like(x), x.shape[-1]
    if kind == "lrn":
        size = fields["size"]
        for c in range(D):
            window = x[..., max(0, c - size // 2) : c + (size - 1) // 2 + 1]
            s = fields["k"] + fields["alpha"] / size * (window**2).sum(-1)
            out[..., c] = x[..., c] / s ** fields["beta"]
        return out
    for cut in averaged(kind, fields, x.shape):
        out[cut] = (x[cut] - x[cut].mean()) / np.sqrt(x[cut].var() + EPS)
    if norm.learned:
        out = out * norm.learned["weight"] + norm.learned["bias"]
    return out


def sample(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    """Return values whose mean is not 0."""
    return (np.random.default_rng(len(shape)).normal(size=shape) * 2 + 3).astype(dtype)


def changed(norm: Norm, x: np.ndarray, up: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the gradient of sum(y*up) by central differences in `values`, x or a parameter."""
    found, step = np.empty_like(values), 1e-6
    for at in np.ndindex(values.shape):
        before = values[at]
        values[at] = before + step
        more = np.sum(norm.forward(x) * up)
        values[at] = before - step
        found[at] = (more - np.sum(norm.forward(x) * up)) / (2 * step)
        values[at] = before
    return found


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("kind", "fields", "shape"), CASES)
def test_values_are_those_of_the_definition(
    kind: str, fields: dict[str, Any], shape: tuple[int, ...], affine: bool
) -> None:
    x = sample(shape)
    norm = Norm(kind, shape[-1], **fields, **({} if kind == "lrn" else {"affine": affine}))
    np.testing.assert_allclose(norm.forward(x), expected(kind, fields, x, norm), rtol=1e-9)


@pytest.mark.quick(23)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("kind", "fields", "shape"), CASES)
def test_gradients_are_the_central_differences(
    kind: str, fields: dict[str, Any], shape: tuple[int, ...], affine: bool, training: bool
) -> None:
    x, up = sample(shape), np.random.default_rng(9).normal(size=shape)
    more = {} if kind == "lrn" else {"affine": affine}
    norm = Norm(kind, shape[-1], training=training, **fields, **more)
    wanted = {name: changed(norm, x, up, values) for name, values in norm.learned.items()}
    wanted_x = changed(norm, x, up, x)
    norm.forward(x)
    dx, learned = norm.backward(up)
    np.testing.assert_allclose(dx, wanted_x, rtol=1e-5, atol=1e-7)
    assert set(learned) == set(wanted)
    for name, gradient in learned.items():
        np.testing.assert_allclose(gradient, wanted[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "fields"), NORMS)
def test_over_the_upstream_is_the_same_and_the_type_is_kept(
    kind: str, fields: dict[str, Any], dtype: str
) -> None:
    shape = (2, 5, 3, 4)
    x, up, norm = sample(shape, dtype), sample(shape, dtype), Norm(kind, 4, dtype, **fields)
    x_before, up_before = x.copy(), up.copy()
    y = norm.forward(x)
    dx, learned = norm.backward(up)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(up, up_before)
    assert {y.dtype, dx.dtype, *(g.dtype for g in learned.values())} == {np.dtype(dtype)}
    norm.context.overwrite = True
    over, _ = norm.backward(up)
    np.testing.assert_array_equal(over, dx)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "fields"), NORMS)
def test_arrays_may_be_views_and_larger_than_a_block(kind: str, fields: dict[str, Any]) -> None:
    wide = sample((1, 200, 300, 8))
    x, up, norm = wide[..., :4], wide[..., 3:7], Norm(kind, 4, **fields)
    np.testing.assert_allclose(norm.forward(x), expected(kind, fields, x, norm), rtol=1e-7)
    dx, _ = norm.backward(up)
    again, _ = norm.backward(up.copy())
    np.testing.assert_allclose(dx, again, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (1, 1, 1, 3)])
def test_batch_norm_of_a_single_value_has_variance_0(shape: tuple[int, ...]) -> None:
    norm = Norm("batch_norm", 3)
    y = norm.forward(np.full(shape, 7.0))
    np.testing.assert_allclose(y.ravel(), norm.parameters["bias"], rtol=1e-10)
    dx, learned = norm.backward(np.ones(shape))
    np.testing.assert_allclose(dx, 0, atol=1e-9)
    np.testing.assert_allclose(learned["weight"], 0, atol=1e-9)


def test_batch_norm_uses_the_running_statistics_when_not_training() -> None:
    x, norm = sample((2, 3, 4)), Norm("batch_norm", 4, training=False)
    p = norm.parameters
    y = (x - p["running_mean"]) / np.sqrt(p["running_var"] + EPS) * p["weight"] + p["bias"]
    np.testing.assert_allclose(norm.forward(x), y, rtol=1e-12)


def test_a_mean_far_from_0_does_not_spoil_float32() -> None:
    """Centred sums: 1000 + noise has the variance of the noise, which E[x^2] - mean^2 loses."""
    x = (np.random.default_rng(0).normal(size=(8, 50, 50, 3)) + 1000).astype(np.float32)
    norm = Norm("batch_norm", 3, "float32", affine=False)
    y = expected("batch_norm", {}, x.astype(np.float64), norm)
    np.testing.assert_allclose(norm.forward(x), y, atol=5e-4)


@pytest.mark.parametrize("beta", [0.5, 0.75, 1.0, 2.0])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_lrn_with_k_0_is_0_where_there_is_nothing_to_divide_by(size: int, beta: float) -> None:
    norm = Norm("lrn", 5, size=size, alpha=1.0, beta=beta, k=0.0)
    x = np.zeros((1, 2, 5))
    x[0, 1, 0], x[0, 1, 4] = 2.0, -3.0
    with np.errstate(all="raise"):
        y, dx = norm.forward(x), norm.backward(np.ones(x.shape))[0]
    alone = 2.0 / (4.0 / size) ** beta
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    assert not y[0, 0].any()
    assert not dx[0, 0].any()
    assert not y[x == 0].any()
    if size < 5:  # each has the other out of its window
        assert y[0, 1, 0] == pytest.approx(alone)


@pytest.mark.parametrize(("kind", "fields"), NORMS)
def test_a_gradient_nobody_wants_is_none(kind: str, fields: dict[str, Any]) -> None:
    norm, x = Norm(kind, 4, **fields), sample((2, 3, 4))
    norm.forward(x)
    (dx,), learned = norm.kernel.backward(norm.context, x, norm.saved, norm.parameters, [False])
    assert dx is None
    assert set(learned) == set(norm.learned)


def test_values_without_a_mean_and_of_a_scale() -> None:
    x, up = np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]])
    context = Context(Buffers("float64"))
    kernel = KERNELS["l2_normalize"](KINDS["l2_normalize"]())
    y, saved = kernel.forward(context, [x], {})
    np.testing.assert_allclose(y, [[0.6, 0.8]], rtol=1e-15)
    (dx,), _ = kernel.backward(context, up, saved, {}, [True])
    np.testing.assert_allclose(dx, [[(1 - 0.36) / 5, -0.48 / 5]], rtol=1e-13)
    y, saved = kernel.forward(context, [np.zeros((1, 2))], {})
    assert y.tolist() == [[0, 0]]
    kernel = KERNELS["rms_norm"](KINDS["rms_norm"](eps=1e-300))
    weight = {"weight": np.array([2.0, 1.0])}
    y, saved = kernel.forward(context, [x], weight)
    root = np.sqrt(12.5)
    np.testing.assert_allclose(y, [[6 / root, 4 / root]], rtol=1e-14)
    kernel = KERNELS["scale"](KINDS["scale"](bias=True))
    parameters = {"weight": np.array([2.0, -1.0]), "bias": np.array([0.5, 1.0])}
    y, saved = kernel.forward(context, [x], parameters)
    assert y.tolist() == [[6.5, -3.0]]
    (dx,), learned = kernel.backward(context, np.array([[1.0, 10.0]]), saved, parameters, [True])
    assert dx is not None
    assert dx.tolist() == [[2.0, -10.0]]
    assert {name: values.tolist() for name, values in learned.items()} == {
        "weight": [3.0, 40.0],
        "bias": [1.0, 10.0],
    }


def test_layer_norm_over_all_starts_as_the_normalization_alone() -> None:
    result = run({"input": "4x5x3", "layers": [{"layer_norm": {"name": "a", "over": "all"}}]})
    assert result.parameters["a.weight"].shape == result.parameters["a.bias"].shape == (3, 4, 5)
    values = result.outputs["a"]
    assert abs(values.mean()) < 1e-12
    assert abs(values.std() - 1) < 1e-4


def test_a_scale_of_zero_is_no_scale_left_out() -> None:
    fixed = {"name": "a", "weight": 0, "bias": 0.5}
    result = run({"input": "4", "layers": [{"scale": fixed}]})
    assert result.outputs["a"].tolist() == [[0.5] * 4]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers_of_their_own_for_each_slice(dtype: str) -> None:
    fixed = {"name": "a", "weight": [2, 0, -0.5], "bias": [0, 7, 1]}
    result = run(
        {"input": "2x3", "layers": [{"scale": fixed}]},
        inputs=[[[1, 2], [3, 4], [5, 6]]], dtype=dtype, upstream={"a": [[[1, 2], [3, 4], [5, 6]]]},
    )  # fmt: skip
    assert result.outputs["a"].dtype == dtype
    assert result.outputs["a"].tolist() == [[[2, 4], [7, 7], [-1.5, -2]]]
    assert result.gradients["input"].tolist() == [[[2, 4], [0, 0], [-2.5, -3]]]


def test_below_eps_the_length_is_eps_and_does_not_move() -> None:
    context = Context(Buffers("float64"))
    kernel = KERNELS["l2_normalize"](KINDS["l2_normalize"](eps=10))
    y, saved = kernel.forward(context, [np.array([[3.0, 4.0]])], {})
    np.testing.assert_allclose(y, [[0.3, 0.4]], rtol=1e-15)
    (dx,), _ = kernel.backward(context, np.array([[1.0, 2.0]]), saved, {}, [True])
    np.testing.assert_allclose(dx, [[0.1, 0.2]], rtol=1e-15)


@pytest.mark.quick(10)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("mean", [0.0, 3.0, 5.0, 300.0, 3e4])
@pytest.mark.parametrize("shape", [(1, 3), (7, 5), (4096, 1), (3001, 64), (60, 3000)])
def test_the_moments_are_right_however_far_the_mean_is(
    shape: tuple[int, int], mean: float, dtype: str
) -> None:
    rows = (np.random.default_rng(1).standard_normal(shape) + mean).astype(dtype)
    found, variance = moments(rows)
    eps = float(np.finfo(dtype).eps)
    for column, one, other in zip(rows.T.tolist(), found, variance, strict=True):
        exact = fsum(column) / len(column)
        assert abs(one - exact) < 4 * eps * (1 + mean)
        wanted = fsum((value - exact) ** 2 for value in column) / len(column)
        assert abs(other - wanted) < 200 * eps
