"""Merges: plain loops over every value, with stretched axes, ties, zeros and repeated sources."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from shapecalc.executor.buffers import Buffers
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.merge import KERNELS
from shapecalc.layers import KINDS

Shapes = Sequence[tuple[int, ...]]
VALUE_BY_VALUE: dict[str, Callable[[list[float]], float]] = {
    "add": sum,
    "subtract": lambda values: values[0] - sum(values[1:]),
    "multiply": math.prod,
    "maximum": max,
    "average": lambda values: sum(values) / len(values),
}
SHAPES: list[Shapes] = [
    [(2, 3), (2, 3)],
    [(2, 3, 4), (2, 3, 4), (2, 3, 4)],
    [(2, 3, 4, 5), (2, 1, 1, 5)],
    [(2, 5), (2, 3, 4, 5)],
    [(2, 3, 4, 5), (2, 3, 4, 1), (2, 1, 4, 5)],
    [(2, 1, 4, 1), (2, 3, 1, 5)],
    [(1, 3, 2, 2, 4), (1, 4), (1, 1, 2, 1, 4)],
    [(2, 3), (2, 1)],
]


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Let every warning fail the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def run(
    kind: str, inputs: Sequence[np.ndarray], upstream: np.ndarray | None = None, over: bool = False
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the output and the gradients for an upstream gradient, ones if none is given."""
    kernel, context = KERNELS[kind](KINDS[kind]()), Context(Buffers(inputs[0].dtype))
    y, saved = kernel.forward(context, inputs, {})
    upstream = np.ones_like(y) if upstream is None else upstream
    context.overwrite = over
    found, learned = kernel.backward(context, upstream, saved, {}, [True] * len(inputs))
    assert learned == {}
    return y, [gradient for gradient in found if gradient is not None]


def full(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return an input stretched; N x D counts as N x 1 x ... x 1 x D."""
    ones = (1,) * (len(shape) - x.ndim)
    return np.broadcast_to(x.reshape(x.shape[0], *ones, *x.shape[1:]), shape)


def sample(shapes: Shapes, dtype: str = "float64") -> list[np.ndarray]:
    """Return inputs without ties."""
    random = np.random.default_rng(0)
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("kind", VALUE_BY_VALUE)
def test_values_are_those_of_a_loop(kind: str, shapes: Shapes) -> None:
    inputs = sample(shapes)
    y, _ = run(kind, inputs)
    stretched = [full(x, y.shape) for x in inputs]
    assert y.ndim == max(map(len, shapes))
    for at in np.ndindex(y.shape):
        assert y[at] == pytest.approx(VALUE_BY_VALUE[kind]([float(x[at]) for x in stretched]))


@pytest.mark.quick(8)
@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("kind", VALUE_BY_VALUE)
def test_gradients_are_the_central_differences(kind: str, shapes: Shapes) -> None:
    inputs = sample(shapes)
    up = np.random.default_rng(1).normal(size=run(kind, inputs)[0].shape)
    _, gradients = run(kind, inputs, up)
    step = 1e-6
    for x, gradient in zip(inputs, gradients, strict=True):
        assert gradient.shape == x.shape
        for at in np.ndindex(x.shape):
            before = x[at]
            x[at] = before + step
            more = np.sum(run(kind, inputs)[0] * up)
            x[at] = before - step
            slope = (more - np.sum(run(kind, inputs)[0] * up)) / (2 * step)
            x[at] = before
            assert gradient[at] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("kind", VALUE_BY_VALUE)
def test_over_the_upstream_is_the_same_and_the_type_is_kept(
    kind: str, shapes: Shapes, dtype: str
) -> None:
    inputs = sample(shapes, dtype)
    before = [x.copy() for x in inputs]
    y, _ = run(kind, inputs)
    up = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
    kept = up.copy()
    _, gradients = run(kind, inputs, up)
    np.testing.assert_array_equal(up, kept)
    for x, was in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, was)
    assert {y.dtype, *(g.dtype for g in gradients)} == {np.dtype(dtype)}
    gradients = [g.copy() for g in gradients]
    for one, other in zip(gradients, run(kind, inputs, up, over=True)[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_product_with_zeros() -> None:
    inputs = [np.array([[0.0, 0, 2]]), np.array([[0.0, 3, 0]]), np.array([[5.0, 7, 4]])]
    _, gradients = run("multiply", inputs)
    np.testing.assert_array_equal(gradients, [[[0, 21, 0]], [[0, 0, 8]], [[0, 0, 0]]])


def test_the_maximum_halves_ties_pair_by_pair() -> None:
    inputs = [np.array([[1.0, 1, 2]]), np.array([[1.0, 1, 2]]), np.array([[0.0, 1, 3]])]
    _, gradients = run("maximum", inputs)
    np.testing.assert_array_equal(gradients, [[[0.5, 0.25, 0]], [[0.5, 0.25, 0]], [[0, 0.5, 1]]])


@pytest.mark.parametrize(
    ("kind", "each"),
    [("add", [1, 1]), ("subtract", [1, -1]), ("average", [0.5, 0.5]), ("maximum", [0.5, 0.5])],
)
def test_a_source_may_occur_twice(kind: str, each: list[float]) -> None:
    x = np.array([[3.0, -4.0]])
    _, gradients = run(kind, [x, x])
    np.testing.assert_array_equal(gradients, [[[value] * 2] for value in each])


def test_a_sum_needs_no_memory_of_its_own_for_gradients() -> None:
    up = np.ones((2, 3, 4))
    _, gradients = run("add", sample([(2, 3, 4), (2, 3, 4)]), up)
    assert all(np.shares_memory(up, gradient) for gradient in gradients)


def test_gradients_that_nobody_wants_are_none() -> None:
    inputs = sample([(2, 3), (2, 3), (2, 3)])
    for kind, cls in KERNELS.items():
        kernel, context = cls(KINDS[kind]()), Context(Buffers("float64"))
        y, saved = kernel.forward(context, inputs, {})
        for wanted in ([True, False, False], [False, False, True]):
            found, _ = kernel.backward(context, np.ones_like(y), saved, {}, wanted)
            assert [gradient is not None for gradient in found] == wanted, kind


@pytest.mark.parametrize("lead", [(2,), (2, 3), (1, 2, 3), (2, 1, 3, 2)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_concat(lead: tuple[int, ...], dtype: str) -> None:
    inputs = sample([(*lead, 1), (*lead, 4), (*lead, 2)], dtype)
    y, gradients = run("concat", inputs)
    assert y.dtype == np.dtype(dtype)
    up = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
    _, gradients = run("concat", inputs, up)
    start = 0
    for x, gradient in zip(inputs, gradients, strict=True):
        cut = slice(start, start + x.shape[-1])
        np.testing.assert_array_equal(y[..., cut], x)
        np.testing.assert_array_equal(gradient, up[..., cut])
        start = cut.stop
    assert start == y.shape[-1]


@pytest.mark.parametrize("above", [math.inf, -math.inf])
def test_an_infinite_gradient_goes_to_the_largest_alone(above: float) -> None:
    inputs = [np.array([[1.0, 5.0, 2.0, 3.0]]), np.array([[4.0, 2.0, 2.0, 3.0]])]
    inputs.append(np.array([[0.0, 0.0, 2.0, 9.0]]))
    _, gradients = run("maximum", inputs, np.full((1, 4), above))
    assert [g.tolist() for g in gradients] == [
        [[0.0, above, above, 0.0]], [[above, 0.0, above, 0.0]], [[0.0, 0.0, above, above]],
    ]  # fmt: skip
