"""Flatten, reshape, pad, crop and upsample against loops, and their backward as the adjoint."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.kernels.base import Context
from shapecalc.layers import KINDS

pytestmark = pytest.mark.filterwarnings("error")

Fields = dict[str, Any]


def image(*shape: int, dtype: str = "float64") -> Array:
    """Return random values for N x spatial x D."""
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def run(kind: str, fields: Fields, x: Array) -> Array:
    """Return the output, after checking the backward pass.

    All of these are linear: <y(x), u> = <x, dx(u)> for every u if and only if dx is the gradient.
    """
    context = Context(Buffers(x.dtype))
    before = x.copy()
    kernel = KERNELS[kind](KINDS[kind].model_validate(fields))
    y, saved = kernel.forward(context, [x], {})
    for seed in range(3):
        up = np.random.default_rng(seed).standard_normal(y.shape).astype(x.dtype)
        given = up.copy()
        (dx,), parameters = kernel.backward(context, up, saved, {}, [True])
        assert np.array_equal(up, given)
        assert dx.shape == x.shape
        assert dx.dtype == x.dtype == y.dtype
        assert not parameters
        close = {"rel_tol": 1e-12, "abs_tol": 1e-12} if x.dtype == float else {"abs_tol": 1e-3}
        assert math.isclose(float(np.sum(y * up)), float(np.sum(x * dx)), **close)
    assert np.array_equal(x, before)
    assert kernel.backward(context, y, saved, {}, [False]) == ([None], {})
    return np.asarray(y)


VOLUMES = [(7,), (4, 3), (2, 3, 4), (1, 1, 5), (2, 3, 2, 3)]


@pytest.mark.parametrize("volume", VOLUMES)
def test_flatten_counts_depth_first(volume: tuple[int, ...]) -> None:
    x = image(2, *volume)
    y = run("flatten", {}, x)
    assert y.shape == (2, math.prod(volume))
    *spatial, depth = volume
    for n in range(2):
        order = [x[(n, *at, d)] for d in range(depth) for at in product(*map(range, spatial))]
        assert y[n].tolist() == order


def test_flatten_is_a_view_where_nothing_moves() -> None:
    context = Context(Buffers("float64"))
    kernel = KERNELS["flatten"](KINDS["flatten"].model_validate({}))
    for x in (image(3, 7), image(3, 1, 1, 5), image(3, 6, 1)):
        y, saved = kernel.forward(context, [x], {})
        assert np.shares_memory(x, y)
        (dx,), _ = kernel.backward(context, y, saved, {}, [True])
        assert np.shares_memory(dx, y)


@pytest.mark.parametrize("volume", [(24,), (6, 4), (2, 3, 4), (2, 2, 3, 2)])
@pytest.mark.parametrize("other", [(24,), (3, 8), (4, 3, 2), (1, 2, 3, 4)])
def test_reshape_keeps_the_order_depth_first(
    volume: tuple[int, ...], other: tuple[int, ...]
) -> None:
    x = image(2, *volume)
    y = run("reshape", {"output": list(other)}, x)
    assert y.shape == (2, *other)
    assert np.array_equal(run("flatten", {}, y), run("flatten", {}, x))


@pytest.mark.parametrize(
    ("P", "spatial", "sides"),
    [
        (2, (3, 4), [(2, 2), (2, 2)]),
        ([1, 2], (3, 4), [(1, 1), (2, 2)]),
        ([[1, 0], [0, 2]], (3, 4), [(1, 0), (0, 2)]),
        ([[2, 1]], (5,), [(2, 1)]),
        (0, (3, 4), [(0, 0), (0, 0)]),
        ([1, 0, 2], (2, 3, 4), [(1, 1), (0, 0), (2, 2)]),
    ],
)
def test_pad_and_crop(P: Any, spatial: tuple[int, ...], sides: list[tuple[int, int]]) -> None:
    x = image(2, *spatial, 3)
    y = run("pad", {"P": P}, x)
    assert y.shape[1:-1] == tuple(W + sum(side) for W, side in zip(spatial, sides, strict=True))
    inner = [range(a, a + W) for W, (a, _) in zip(spatial, sides, strict=True)]
    for at in np.ndindex(*y.shape[1:-1]):
        here = all(p in rows for p, rows in zip(at, inner, strict=True))
        source = tuple(p - a for p, (a, _) in zip(at, sides, strict=True))
        wanted = x[(slice(None), *source)] if here else np.zeros((2, 3))
        assert np.array_equal(y[(slice(None), *at)], wanted)
    assert np.array_equal(run("crop", {"P": P}, y), x)


SCALES = [((4,), 3), ((3, 2), 2), ((3, 2), (1, 4)), ((2, 1, 3), (3, 2, 1)), ((1, 1), 5), ((3,), 1)]


def each_axis(scale: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Return the scale of each axis."""
    return scale if isinstance(scale, tuple) else (scale,) * rank


@pytest.mark.parametrize(("spatial", "scale"), SCALES)
def test_nearest_repeats(spatial: tuple[int, ...], scale: Any) -> None:
    x, scales = image(2, *spatial, 3), each_axis(scale, len(spatial))
    y = run("upsample", {"scale": scale}, x)
    assert y.shape[1:-1] == tuple(W * s for W, s in zip(spatial, scales, strict=True))
    for at in np.ndindex(*y.shape[1:-1]):
        source = tuple(p // s for p, s in zip(at, scales, strict=True))
        assert np.array_equal(y[(slice(None), *at)], x[(slice(None), *source)])


def interpolated(x: Array, at: tuple[int, ...], scales: tuple[int, ...]) -> Array:
    """Return the value at an output pixel: half-pixel centres, positions below 0 are 0."""
    total = np.zeros((len(x), x.shape[-1]))
    pairs = []
    for p, scale, W in zip(at, scales, x.shape[1:-1], strict=True):
        position = max((p + 0.5) / scale - 0.5, 0)
        low = int(position)
        pairs.append([(low, 1 - position + low), (min(low + 1, W - 1), position - low)])
    for corner in product(*pairs):
        weight = math.prod(w for _, w in corner)
        total += weight * x[(slice(None), *(pixel for pixel, _ in corner))]
    return total


@pytest.mark.parametrize(("spatial", "scale"), SCALES)
def test_bilinear_on_every_axis(spatial: tuple[int, ...], scale: Any) -> None:
    x, scales = image(2, *spatial, 3), each_axis(scale, len(spatial))
    y = run("upsample", {"scale": scale, "mode": "bilinear"}, x)
    assert y.shape[1:-1] == tuple(W * s for W, s in zip(spatial, scales, strict=True))
    for at in np.ndindex(*y.shape[1:-1]):
        wanted = interpolated(x, at, scales)
        np.testing.assert_allclose(y[(slice(None), *at)], wanted, 1e-12, 1e-12)


def test_bilinear_by_hand() -> None:
    y = run("upsample", {"scale": 2, "mode": "bilinear"}, np.array([[[1.0], [5.0]]]))
    assert y.ravel().tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("flatten", {}),
        ("reshape", {"output": "6x4x2"}),
        ("pad", {"P": 1}),
        ("crop", {"P": 1}),
        ("upsample", {"scale": 2}),
        ("upsample", {"scale": 3, "mode": "bilinear"}),
    ],
)
def test_single_precision_stays_single(kind: str, fields: Fields) -> None:
    single = image(2, 4, 4, 3, dtype="float32")
    y = run(kind, fields, single)
    np.testing.assert_allclose(y, run(kind, fields, single.astype(float)), 1e-5, 1e-6)


def test_places_of_single_values() -> None:
    x = np.arange(8.0).reshape(1, 8)
    assert run("channel_shuffle", {"groups": 2}, x).tolist() == [[0, 4, 1, 5, 2, 6, 3, 7]]
    assert run("slice", {"part": 2, "of": 4}, x).tolist() == [[2, 3]]
    assert run("slice", {"start": -3, "stop": -1}, x).tolist() == [[5, 6]]
    x = x.reshape(1, 1, 1, 8)
    y = run("pixel_shuffle", {"scale": 2}, x)
    assert y[0, ..., 0].tolist() == [[0, 1], [2, 3]]
    y = run("pixel_shuffle", {"scale": 2, "order": "tensorflow"}, x)
    assert y[0, ..., 0].tolist() == [[0, 2], [4, 6]]
    for order in ("pytorch", "tensorflow"):
        y = run("pixel_shuffle", {"scale": 2, "order": order}, x)
        assert np.array_equal(run("pixel_unshuffle", {"scale": 2, "order": order}, y), x)
    x = image(2, 3, 4, 5)
    y = run("transpose", {"axes": ["depth", "height", "width"]}, x)
    assert np.array_equal(y, np.moveaxis(x, -1, 1))
    assert np.array_equal(run("slice", {"axis": "width", "start": 1}, x), x[:, :, 1:])
