"""Activations: values from their definitions, gradients by central differences and at kinks."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from shapecalc.executor.buffers import Buffers
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.erf import erf
from shapecalc.layers import KINDS

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "relu": lambda x: max(x, 0.0),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "silu": lambda x: x / (1 + math.exp(-x)),
    "mish": lambda x: x * math.tanh(math.log(1 + math.exp(x))),
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "hard_sigmoid": lambda x: min(max(x + 3, 0.0), 6.0) / 6,
    "hard_swish": lambda x: x * min(max(x + 3, 0.0), 6.0) / 6,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "selu": lambda x: SCALE * (x if x > 0 else ALPHA * (math.exp(x) - 1)),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0),
    "softsign": lambda x: x / (1 + abs(x)),
    "exp": math.exp,
    "abs": abs,
}
ROWS = ("softmax", "log_softmax")
PLAIN = [*FUNCTIONS, *ROWS]
SHAPES = [(3, 7), (1, 5), (2, 9, 4), (1, 3, 4, 6), (2, 2, 3, 2, 3)]
# The gradient where there are two slopes, as PyTorch takes it.
KINKS = [
    ("relu", 0.0, 0.0),
    ("relu", -0.0, 0.0),
    ("relu6", 0.0, 0.0),
    ("relu6", 6.0, 0.0),
    ("hard_sigmoid", -3.0, 0.0),
    ("hard_sigmoid", 3.0, 0.0),
    ("hard_swish", -3.0, 0.0),
    ("hard_swish", 3.0, 1.0),
    ("leaky_relu", 0.0, 0.01),
    ("elu", 0.0, 1.0),
    ("selu", 0.0, SCALE * ALPHA),
    ("hard_tanh", -1.0, 0.0),
    ("hard_tanh", 1.0, 0.0),
    ("abs", 0.0, 0.0),
    ("abs", -0.0, 0.0),
]


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Let every warning fail the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def forward(
    kind: str, x: np.ndarray, overwrite: bool = False, training: bool = True, **fields: Any
) -> tuple[np.ndarray, Callable[..., np.ndarray]]:
    """Return the output, and the function from an upstream gradient to that of x."""
    kernel, context = KERNELS[kind](KINDS[kind](**fields)), Context(Buffers(x.dtype), training)
    context.overwrite = overwrite and kernel.in_place
    y, saved = kernel.forward(context, [x], {})

    def backward(upstream: np.ndarray, overwrite: bool = False) -> np.ndarray:
        context.overwrite = overwrite
        (found,), learned = kernel.backward(context, upstream, saved, {}, [True])
        assert learned == {}
        assert found is not None
        return found

    return y, backward


def numeric(value: Callable[[np.ndarray], np.ndarray], x: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the gradient of sum(value(x)*up) by central differences."""
    found, step = np.empty_like(x), 1e-6
    for at in np.ndindex(x.shape):
        more, less = x.copy(), x.copy()
        more[at] += step
        less[at] -= step
        found[at] = np.sum((value(more) - value(less)) * up) / (2 * step)
    return found


def sample(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    """Return values that are at no kink."""
    values = np.random.default_rng(len(shape)).normal(size=shape) * 3
    return (np.round(values * 4) / 4 + 0.1).astype(dtype)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_values_are_those_of_the_definition(kind: str, shape: tuple[int, ...]) -> None:
    x = sample(shape)
    y, _ = forward(kind, x)
    np.testing.assert_allclose(y, np.vectorize(FUNCTIONS[kind])(x), rtol=1e-12, atol=1e-15)


def test_softmax_runs_over_the_depth() -> None:
    x = sample((2, 3, 4))
    expected = np.empty_like(x)
    for at in np.ndindex(2, 3):
        powers = [math.exp(value) for value in x[at]]
        expected[at] = [power / sum(powers) for power in powers]
    np.testing.assert_allclose(forward("softmax", x)[0], expected, rtol=1e-13)
    np.testing.assert_allclose(forward("log_softmax", x)[0], np.log(expected), rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", PLAIN)
def test_gradients_are_the_central_differences(kind: str, shape: tuple[int, ...]) -> None:
    x, up = sample(shape), np.random.default_rng(1).normal(size=shape)
    expected = numeric(lambda values: forward(kind, values)[0], x, up)
    np.testing.assert_allclose(forward(kind, x)[1](up), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("kind", "x", "slope"), KINKS)
def test_kinks(kind: str, x: float, slope: float) -> None:
    gradient = forward(kind, np.full((1, 2), x))[1](np.full((1, 2), 2.0))
    np.testing.assert_allclose(gradient, 2 * slope, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [kind for kind in PLAIN if kind != "exp"])
def test_large_values_give_no_warning_and_no_nan(kind: str, dtype: str) -> None:
    x = np.array([[-1e30, -1e4, -800, -100, -20.5], [1e30, 1e4, 800, 100, 20.5]], dtype)
    y, backward = forward(kind, x)
    assert np.isfinite(y).all()
    assert np.isfinite(backward(np.ones_like(x))).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [*PLAIN, "dropout", "identity"])
def test_in_place_is_the_same_and_keeps_the_type(kind: str, dtype: str) -> None:
    x, up = sample((2, 5, 6, 3), dtype), sample((2, 5, 6, 3), dtype)
    x_before, up_before = x.copy(), up.copy()
    y, backward = forward(kind, x)
    gradient = backward(up)
    assert y.dtype == gradient.dtype == x.dtype
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(up, up_before)
    over, backward = forward(kind, x, overwrite=True)
    np.testing.assert_array_equal(over, y)
    np.testing.assert_array_equal(backward(up, overwrite=True), gradient)


@pytest.mark.quick(4)
@pytest.mark.parametrize("kind", PLAIN)
def test_arrays_may_be_views_and_larger_than_a_block(kind: str) -> None:
    wide = np.random.default_rng(0).normal(size=(1, 100, 1000, 4))
    x, up = wide[..., :2], wide[..., 1:3]
    y, backward = forward(kind, x)
    other, other_backward = forward(kind, x.copy())
    np.testing.assert_array_equal(y, other)
    np.testing.assert_array_equal(backward(up), other_backward(up.copy()))


@pytest.mark.parametrize("slope", [0.0, -0.5, 0.2, 1.5])
def test_leaky_relu_with_any_slope(slope: float) -> None:
    kernel = KERNELS["leaky_relu"](KINDS["leaky_relu"](slope=slope))
    assert kernel.in_place == kernel.keeps_output == (slope > 0)
    x = np.array([[-2.0, 0.0, 3.0]])
    y, backward = forward("leaky_relu", x, slope=slope)
    np.testing.assert_allclose(y, [[-2 * slope, 0, 3]], atol=0)
    np.testing.assert_allclose(backward(np.full((1, 3), 5.0)), [[5 * slope, 5 * slope, 5]], atol=0)


@pytest.mark.parametrize(
    ("fields", "x", "y", "slopes"),
    [
        ({"max": 2}, [-1, 0, 1, 2, 3], [0, 0, 1, 2, 2], [0, 0, 1, 0, 0]),
        ({"max": 0}, [-1, 0, 1], [0, 0, 0], [0, 0, 0]),
        ({"slope": 0.5}, [-2, 0, 1], [-1, 0, 1], [0.5, 0.5, 1]),
        ({"threshold": 1}, [-1, 0.5, 1, 1.5], [0, 0, 0, 1.5], [0, 0, 0, 1]),
        (
            {"max": 4, "slope": 0.25, "threshold": 1},
            [-3, 1, 2, 4, 9],
            [-1, 0, 2, 4, 4],
            [0.25, 0.25, 1, 0, 0],
        ),
        ({"max": 1, "threshold": 2}, [0.5, 1.5, 3], [0, 0, 1], [0, 0, 0]),
    ],
)
def test_relu_with_fields(
    fields: dict[str, Any], x: list[float], y: list[float], slopes: list[float]
) -> None:
    values, backward = forward("relu", np.array([x], float), **fields)
    np.testing.assert_array_equal(values, [y])
    for overwrite in (False, True):
        found = backward(np.full((1, len(x)), 3.0), overwrite)
        np.testing.assert_array_equal(found, 3 * np.array([slopes]))


def test_exp_and_sqrt_beyond_their_range() -> None:
    y, backward = forward("exp", np.array([[-1e30, 0.0, 1e30]]))
    assert y.tolist() == [[0.0, 1.0, math.inf]]
    y, backward = forward("sqrt", np.array([[0.0, 9.0, -1.0]]))
    assert y[0, :2].tolist() == [0.0, 3.0]
    assert math.isnan(y[0, 2])
    dx = backward(np.full((1, 3), 2.0))
    assert dx[0, :2].tolist() == [math.inf, 2 / 6]
    assert math.isnan(dx[0, 2])


@pytest.mark.parametrize("shape", [(3, 8), (2, 5, 4), (1, 3, 2, 6), (1, 300, 300, 4)])
def test_glu_is_one_half_times_the_gate_of_the_other(shape: tuple[int, ...]) -> None:
    x, half = sample(shape), shape[-1] // 2
    y, backward = forward("glu", x)
    gate = 1 / (1 + np.exp(-x[..., half:]))
    np.testing.assert_allclose(y, x[..., :half] * gate, rtol=1e-13)
    if x.size < 1000:
        up = sample(y.shape)
        expected = numeric(lambda values: forward("glu", values)[0], x, up)
        np.testing.assert_allclose(backward(up), expected, rtol=1e-6, atol=1e-8)


def test_erf() -> None:
    near = 10.0 ** np.linspace(-300, 0, 301)
    x = np.concatenate([np.linspace(-7, 7, 4001), near, -near, [0.46875, 4, 6, np.inf, -np.inf]])
    expected = np.array([math.erf(value) for value in x])
    np.testing.assert_allclose(erf(x), expected, rtol=1e-15)
    single = x.astype(np.float32)
    assert erf(single).dtype == np.float32
    np.testing.assert_allclose(erf(single), np.vectorize(math.erf)(single), 1e-6, 1e-44)
    assert np.isnan(erf(np.array([np.nan]))).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("weight", [[0.25], [0.5, -1.0]])
def test_prelu(weight: list[float], dtype: str) -> None:
    x = np.array([[[-2, 4], [0, -3], [1, 0]]], dtype)
    up = np.array([[[1, 2], [3, 4], [5, 6]]], dtype)
    slopes = np.broadcast_to(np.array(weight, dtype), (2,))
    kernel, context = KERNELS["prelu"](KINDS["prelu"]()), Context(Buffers(dtype))
    parameters = {"weight": np.array(weight, dtype)}
    y, saved = kernel.forward(context, [x], parameters)
    np.testing.assert_array_equal(y, np.where(x > 0, x, slopes * x))
    for context.overwrite in (False, True):
        (dx,), learned = kernel.backward(context, up.copy(), saved, parameters, [True])
        assert dx is not None
        assert y.dtype == dx.dtype == learned["weight"].dtype == np.dtype(dtype)
        np.testing.assert_array_equal(dx, np.where(x > 0, up, slopes * up))
        each = [-2.0, -12.0]  # 1*-2 and 4*-3
        np.testing.assert_array_equal(learned["weight"], each if len(weight) > 1 else [sum(each)])
    (dx,), _ = kernel.backward(context, up, saved, parameters, [False])
    assert dx is None


def test_dropout_scales_what_it_keeps() -> None:
    x = np.ones((4, 100, 100, 4), np.float32)
    y, backward = forward("dropout", x, rate=0.25)
    assert set(np.unique(y)) == {np.float32(0), np.float32(1) / np.float32(0.75)}
    assert np.mean(y > 0) == pytest.approx(0.75, abs=0.01)
    np.testing.assert_array_equal(backward(x), y)


def test_dropout_has_one_mask_for_a_seed_whatever_the_type() -> None:
    masks = [forward("dropout", np.ones((3, 500, 300), t))[0] > 0 for t in ("f4", "f8", "f4")]
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


@pytest.mark.parametrize(("training", "rate"), [(False, 0.5), (True, 0.0)])
def test_dropout_may_do_nothing(training: bool, rate: float) -> None:
    x = sample((2, 3))
    y, backward = forward("dropout", x, training=training, rate=rate)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(backward(x), x)


# -- upstream gradients that are not finite --------------------------------------------------------

FLAT = [  # where the slope is 0, whatever comes from above
    ("relu", {}, [-5.0, -1e-300, -0.0, 0.0]),
    ("relu6", {}, [-1.0, 0.0, 6.0, 7.0]),
    ("hard_sigmoid", {}, [-9.0, -3.0, 3.0, 4.0]),
    ("hard_swish", {}, [-9.0, -3.0]),
    ("leaky_relu", {"slope": 0.0}, [-1.0, 0.0]),
    ("relu", {"max": 2.0, "threshold": 1.0}, [-1.0, 0.5, 1.0, 2.0, 3.0]),
    ("hard_tanh", {}, [-2.0, -1.0, 1.0, 2.0]),
    ("abs", {}, [0.0, -0.0]),
]


@pytest.mark.parametrize("above", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("kind", "fields", "places"), FLAT)
def test_nothing_comes_back_where_the_slope_is_0(
    kind: str, fields: dict[str, Any], places: list[float], dtype: str, above: float
) -> None:
    x = np.array([places], dtype)
    for overwrite in (False, True):
        _, backward = forward(kind, x.copy(), **fields)
        dx = backward(np.full_like(x, above), overwrite)
        assert dx.tolist() == [[0.0] * len(places)]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        *(("relu", {}), ("relu6", {}), ("hard_sigmoid", {}), ("hard_swish", {}), ("selu", {})),
        *(("leaky_relu", {}), ("leaky_relu", {"slope": -0.5}), ("elu", {})),
        *(("relu", {"max": 1, "slope": -0.5}), ("hard_tanh", {}), ("softsign", {}), ("exp", {})),
        ("abs", {}),
    ],
)
@pytest.mark.parametrize("above", [math.inf, -math.inf])
def test_an_infinite_gradient_is_none_elsewhere(
    kind: str, fields: dict[str, Any], above: float
) -> None:
    x = np.array([[-2.0, -0.5, 0.5, 2.0]])
    _, backward = forward(kind, x, **fields)
    slopes = backward(np.ones_like(x))
    _, backward = forward(kind, x, **fields)
    expected = [above * slope if slope else 0.0 for slope in slopes[0]]
    assert backward(np.full_like(x, above)).tolist() == [expected]


def test_prelu_and_dropout_pass_an_infinite_gradient_on() -> None:
    kernel, context = KERNELS["prelu"](KINDS["prelu"]()), Context(Buffers("float64"))
    x, weight = np.array([[-2.0, 3.0]]), {"weight": np.array([0.25])}
    _, saved = kernel.forward(context, [x], weight)
    (dx,), learned = kernel.backward(context, np.full_like(x, math.inf), saved, weight, [True])
    assert dx is not None
    assert dx.tolist() == [[math.inf, math.inf]]
    assert learned["weight"].tolist() == [-math.inf]
    x = np.ones((1, 1000))
    y, backward = forward("dropout", x, rate=0.5)
    dx = backward(np.full_like(x, math.inf))
    assert np.array_equal(dx, np.where(y == 0, 0.0, math.inf))
