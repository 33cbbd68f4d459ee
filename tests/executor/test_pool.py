"""Pools against plain loops over every window; gradients against where each value came from."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from shapecalc import executor, trace
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.kernels import KERNELS, pool_axis, small_windows
from shapecalc.executor.kernels.base import Context
from shapecalc.layers import KINDS

pytestmark = pytest.mark.filterwarnings("error")

Window = list[tuple[int, ...]]  # the pixels of a window; those in the padding are none of the image
Fields = dict[str, Any]


def kernel(kind: str, fields: Fields) -> Any:
    """Return a kernel for the fields as they stand in a spec."""
    return KERNELS[kind](KINDS[kind].model_validate(fields))


def run(kind: str, fields: Fields, x: Array, upstream: Array | None = None) -> tuple[Array, Array]:
    """Return the output, and the gradient of its sum or for a given upstream."""
    context = Context(Buffers(x.dtype))
    before = x.copy()
    pool = kernel(kind, fields)
    y, saved = pool.forward(context, [x], {})
    upstream = np.ones_like(y) if upstream is None else upstream
    given = upstream.copy()
    (dx,), parameters = pool.backward(context, upstream, saved, {}, [True])
    assert np.array_equal(x, before, equal_nan=True)
    assert np.array_equal(upstream, given, equal_nan=True)
    assert not parameters
    assert y.dtype == dx.dtype == x.dtype
    assert dx.shape == x.shape
    return y, dx


def starts(W: int, F: int, S: int, P: tuple[int, int], dilation: int, ceil: bool) -> list[int]:
    """Enumerate where windows start on one axis, counted from the image's first pixel."""
    span, found, start = dilation * (F - 1) + 1, [], -P[0]
    while start + span <= W + P[1] + (S - 1 if ceil else 0):
        if not ceil or start < W:
            found.append(start)
        start += S
    return found


def sliding(
    spatial: tuple[int, ...],
    F: int,
    S: int,
    P: tuple[int, int] = (0, 0),
    dilation: int = 1,
    ceil: bool = False,
) -> tuple[tuple[int, ...], list[Window]]:
    """Return the output's spatial sizes, and the pixels of every window, equal on all axes."""
    along = [starts(W, F, S, P, dilation, ceil) for W in spatial]
    windows = [
        [
            tuple(a + t * dilation for a, t in zip(corner, taps, strict=True))
            for taps in product(range(F), repeat=len(spatial))
        ]
        for corner in product(*along)
    ]
    return tuple(map(len, along)), windows


def inside(pixel: tuple[int, ...], spatial: tuple[int, ...]) -> bool:
    """Say whether a pixel is in the image."""
    return all(0 <= p < W for p, W in zip(pixel, spatial, strict=True))


def expected_max(x: Array, sizes: tuple[int, ...], windows: list[Window], up: Array) -> Any:
    """Return the largest values and where the upstream goes: the first of the largest."""
    spatial = x.shape[1:-1]
    y, dx = np.full((len(x), len(windows), x.shape[-1]), -math.inf), np.zeros(x.shape)
    upstream = up.reshape(y.shape)
    for n, (w, window), d in product(range(len(x)), enumerate(windows), range(x.shape[-1])):
        seen = [(n, *pixel, d) for pixel in window if inside(pixel, spatial)]
        if seen:
            best = max(seen, key=lambda place: x[place])  # max returns the first one
            y[n, w, d] = x[best]
            dx[best] += upstream[n, w, d]
    return y.reshape(len(x), *sizes, -1), dx


def expected_mean(
    x: Array, sizes: tuple[int, ...], windows: list[Window], counts: list[int], up: Array
) -> Any:
    """Return the sums of windows over their counts, and the gradient."""
    spatial = x.shape[1:-1]
    y, dx = np.zeros((len(x), len(windows), x.shape[-1])), np.zeros(x.shape)
    upstream = up.reshape(y.shape)
    for n, (w, window) in product(range(len(x)), enumerate(windows)):
        for pixel in window:
            if inside(pixel, spatial):
                y[n, w] += x[(n, *pixel)] / counts[w]
                dx[(n, *pixel)] += upstream[n, w] / counts[w]
    return y.reshape(len(x), *sizes, -1), dx


def image(*shape: int, ties: bool = False) -> Array:
    """Return values for N x spatial x D; with ties, from a few whole numbers."""
    rng = np.random.default_rng(sum(shape))
    return rng.integers(-1, 3, shape).astype(float) if ties else rng.standard_normal(shape)


def upstream_for(x: Array, sizes: tuple[int, ...]) -> Array:
    """Return some gradient of the output."""
    return np.random.default_rng(1).standard_normal((len(x), *sizes, x.shape[-1]))


GRID = [
    (W, F, S, P, ceil)
    for W, F, S, ceil in product((1, 2, 5, 6), (1, 2, 3, 4, 7, 9), (1, 2, 3, 8), (False, True))
    for P in {(0, 0), (F // 2, F // 2), (0, F // 2), (F // 2, 0)}
    if starts(W, F, S, P, 1, ceil)
]
LARGER = [(W, F, S, P) for W, F, S, P, _ in GRID if W + sum(P) < F]  # than the padded input


def fields_of(F: int, S: int, P: tuple[int, int], ceil: bool, rank: int) -> Fields:
    """Return the fields of a pool that is the same on all axes."""
    return {"F": F, "S": S, "P": [P] * rank, "rounding": "ceil" if ceil else "floor"}


@pytest.fixture(params=["as it is", "one axis after the other", "all taps", "tiny bands"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Force either way of max pooling, and blocks so small that every image has several."""
    if request.param == "one axis after the other":
        monkeypatch.setattr(small_windows, "FEW", 0)
    elif request.param != "as it is":
        monkeypatch.setattr(small_windows, "FEW", 81)
    if request.param != "as it is":
        monkeypatch.setattr(pool_axis, "BAND", 64)
        monkeypatch.setattr(pool_axis, "SHORT", 2)
    if request.param == "tiny bands":
        monkeypatch.setattr(small_windows, "BAND", 40)


@pytest.mark.slow
@pytest.mark.usefixtures("way")
def test_max_pool_over_every_window() -> None:
    for W, F, S, P, ceil in GRID:
        x = image(2, W, 3, ties=True)
        for dilation in (1, 2):
            if not starts(W, F, S, P, dilation, ceil):
                continue
            sizes, windows = sliding((W,), F, S, P, dilation, ceil)
            up = upstream_for(x, sizes)
            fields = fields_of(F, S, P, ceil, 1) | {"dilation": dilation}
            y, dx = run("max_pool", fields, x, up)
            want, gradient = expected_max(x, sizes, windows, up)
            np.testing.assert_array_equal(y, want, str(fields))
            np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12, err_msg=str(fields))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("spatial", [(5, 6), (4, 3, 5)])
@pytest.mark.parametrize(("F", "S", "P"), [(2, 2, (0, 0)), (3, 2, (1, 1)), (2, 1, (0, 1))])
@pytest.mark.parametrize("ceil", [False, True])
def test_max_pool_on_several_axes(
    spatial: tuple[int, ...], F: int, S: int, P: tuple[int, int], ceil: bool
) -> None:
    x = image(3, *spatial, 2, ties=True)
    sizes, windows = sliding(spatial, F, S, P, ceil=ceil)
    up = upstream_for(x, sizes)
    y, dx = run("max_pool", fields_of(F, S, P, ceil, len(spatial)), x, up)
    want, gradient = expected_max(x, sizes, windows, up)
    np.testing.assert_array_equal(y, want)
    np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12)


def test_some_windows_are_larger_than_the_padded_image() -> None:
    assert len(LARGER) > 20
    assert any(sum(P) for *_, P in LARGER)


@pytest.mark.parametrize(
    ("kind", "fields", "y"),
    [
        ("max_pool", {}, 12),
        ("avg_pool", {}, 6.5),  # all of the image, as PyTorch: what lies behind does not count
        ("avg_pool", {"P": 2, "count_include_pad": True}, 78 / (7 * 8)),
        ("avg_pool", {"P": 2, "count_include_pad": False}, 6.5),
        ("l2_pool", {}, math.sqrt(650)),
    ],
)
@pytest.mark.parametrize("F", [9, 1280, 2**62])
def test_one_window_of_any_size(kind: str, fields: Fields, y: float, F: int) -> None:
    x = np.arange(1.0, 13.0).reshape(1, 3, 4, 1)
    got, dx = run(kind, {"F": F, "rounding": "ceil", **fields}, x)
    assert got.shape == (1, 1, 1, 1)
    assert got.item() == pytest.approx(y)
    assert dx.shape == x.shape


@pytest.mark.parametrize("F", [2 * 10**9, 2**62])
def test_wide_padding_costs_nothing(F: int) -> None:
    x = np.arange(1.0, 8.0).reshape(1, 7, 1)
    fields: Fields = {"F": F, "P": F // 2, "rounding": "floor"}
    for S, count in ((1, 8), (F, 1)):
        y, dx = run("max_pool", fields | {"S": S}, x)
        assert y.shape == (1, count, 1)
        assert dx.sum() == (count if S > 1 else 8)
    y, _ = run("max_pool", {"F": F + 1, "P": F // 2, "S": F // 2, "rounding": "ceil"}, x)
    assert y.ravel().tolist() == [7, 7]


def test_max_pool_with_a_size_for_each_axis() -> None:
    y, dx = run("max_pool", {"F": [1, 2], "S": [2, 1]}, np.arange(12.0).reshape(1, 3, 4, 1))
    assert y[0, ..., 0].tolist() == [[1, 2, 3], [9, 10, 11]]
    assert dx[0, ..., 0].tolist() == [[0, 1, 1, 1], [0, 0, 0, 0], [0, 1, 1, 1]]


@pytest.mark.usefixtures("way")
def test_a_window_in_the_padding_has_no_gradient() -> None:
    y, dx = run("max_pool", {"F": 2, "S": 1, "P": 1, "dilation": 3}, image(1, 2, 1))
    assert y.tolist() == [[[-math.inf]]]
    assert not dx.any()


def test_it_is_known_whether_a_window_sees_no_pixel() -> None:
    found = {False: 0, True: 0}
    for W, F, P, dilation in product(range(1, 5), range(1, 4), range(3), range(1, 5)):
        sizes, windows = sliding((W,), F, 1, (P, P), dilation)
        if dilation * (F - 1) + 1 < 2 * P or not sizes[0]:
            continue
        empty = any(not any(inside(pixel, (W,)) for pixel in window) for window in windows)
        fields = {"F": F, "S": 1, "P": P, "dilation": dilation}
        assert kernel("max_pool", fields).leaves_windows_empty((2, W, 3)) is empty, fields
        found[empty] += 1
    assert min(found.values()) > 3


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("above", [math.inf, -math.inf, math.nan])
def test_a_gradient_that_is_not_finite_goes_to_the_largest_alone(above: float) -> None:
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    for fields in ({"F": 3}, {"F": 2, "S": 1}, {"F": 3, "S": 1, "P": 1}):
        _, once = run("max_pool", fields, x)
        y, _ = run("max_pool", fields, x)
        _, dx = run("max_pool", fields, x, np.full_like(y, above))
        assert not dx[once == 0].any()
        won = dx[once > 0]
        assert np.array_equal(won, np.full_like(won, above), equal_nan=True)


@pytest.mark.usefixtures("way")
def test_of_equal_infinities_the_first_in_the_image_wins() -> None:
    x = np.full((1, 3, 3, 1), -math.inf)
    y, dx = run("max_pool", {"F": 3, "S": 3, "P": 1, "rounding": "floor"}, x)
    assert y.tolist() == [[[[-math.inf]]]]
    assert dx[0, ..., 0].tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_a_value_that_is_none_stays_in_its_windows() -> None:
    x = np.array([1.0, 2.0, math.nan, 4.0, 5.0, 6.0]).reshape(1, 6, 1)
    y, dx = run("max_pool", {"F": 2}, x)
    assert y[0, 0, 0] == 2
    assert math.isnan(y[0, 1, 0])
    assert y[0, 2, 0] == 6
    assert dx.sum() == 3


def counts_of(
    spatial: tuple[int, ...], windows: list[Window], after: int, with_padding: bool
) -> list[int]:
    """Count the taps of each window: in the padded image, or in the image; at least one."""
    counts = []
    for window in windows:
        if with_padding:
            there = [all(p < W + after for p, W in zip(q, spatial, strict=True)) for q in window]
        else:
            there = [inside(pixel, spatial) for pixel in window]
        counts.append(max(sum(there), 1))
    return counts


@pytest.mark.slow
@pytest.mark.parametrize("with_padding", [True, False])
def test_avg_pool_over_every_window(with_padding: bool) -> None:
    for W, F, S, P, ceil in GRID:
        for spatial in ((W,), (W, W)):
            x = image(2, *spatial, 2)
            sizes, windows = sliding(spatial, F, S, P, ceil=ceil)
            counts = counts_of(spatial, windows, P[1], with_padding)
            up = upstream_for(x, sizes)
            fields = fields_of(F, S, P, ceil, len(spatial)) | {"count_include_pad": with_padding}
            y, dx = run("avg_pool", fields, x, up)
            want, gradient = expected_mean(x, sizes, windows, counts, up)
            np.testing.assert_allclose(y, want, 1e-12, 1e-12, err_msg=str(fields))
            np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12, err_msg=str(fields))


def test_avg_pool_under_same_leaves_the_padding_out_unless_it_is_written() -> None:
    x = np.array([[[2.0], [4.0], [6.0]]])
    assert run("avg_pool", {"F": 2, "P": "same"}, x)[0].ravel().tolist() == [3, 6]
    assert run("avg_pool", {"F": 2, "P": "same_lower"}, x)[0].ravel().tolist() == [2, 5]
    written = {"F": 2, "P": "same", "count_include_pad": True}
    assert run("avg_pool", written, x)[0].ravel().tolist() == [3, 3]


def test_same_is_the_same_under_ceil() -> None:
    x = image(1, 5, 5, 2)
    for kind in ("max_pool", "avg_pool"):
        y, _ = run(kind, {"F": 3, "S": 2, "P": "same", "rounding": "ceil"}, x)
        assert y.shape == (1, 3, 3, 2)
        np.testing.assert_array_equal(y, run(kind, {"F": 3, "S": 2, "P": "same"}, x)[0])


def test_the_divisor_may_be_written_over_the_upstream() -> None:
    context, x = Context(Buffers("float64")), image(1, 4, 4, 2)
    pool = kernel("avg_pool", {"F": 2})
    y, saved = pool.forward(context, [x], {})
    context.overwrite = True
    (dx,), _ = pool.backward(context, np.ones_like(y), saved, {}, [True])
    assert np.array_equal(dx, np.full(x.shape, 0.25))


def test_l2_pool_over_every_window() -> None:
    for W, F, S, P, ceil in GRID:
        x = image(2, W, 2)
        sizes, windows = sliding((W,), F, S, P, ceil=ceil)
        up, ones = upstream_for(x, sizes), [1] * len(windows)
        y, dx = run("l2_pool", fields_of(F, S, P, ceil, 1), x, up)
        want = np.sqrt(expected_mean(x * x, sizes, windows, ones, up)[0])
        ratio = np.divide(up, want, out=np.zeros_like(up), where=want > 0)
        gradient = x * expected_mean(x, sizes, windows, ones, ratio)[1]
        np.testing.assert_allclose(y, want, 1e-12)
        np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12)


def test_l2_pool_has_no_gradient_where_the_root_is_zero() -> None:
    y, dx = run("l2_pool", {"F": 2}, np.array([[[0.0], [0.0], [3.0], [4.0]]]))
    assert y.ravel().tolist() == [0, 5]
    assert dx.ravel().tolist() == pytest.approx([0, 0, 0.6, 0.8])


def bins(spatial: tuple[int, ...], output: tuple[int, ...]) -> list[Window]:
    """Return the pixels of every bin, by the definition."""
    edges = [
        [range(math.floor(j * W / o), math.ceil((j + 1) * W / o)) for j in range(o)]
        for W, o in zip(spatial, output, strict=True)
    ]
    return [list(product(*one)) for one in product(*edges)]


@pytest.mark.slow
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("W", range(1, 8))
@pytest.mark.parametrize("o", range(1, 6))
def test_adaptive_pools_over_every_bin(W: int, o: int) -> None:
    for spatial, output in (((W,), (o,)), ((W, 5), (o, 2)), ((2, W, 3), (1, o, 3))):
        x = image(2, *spatial, 2, ties=True)
        windows, up = bins(spatial, output), upstream_for(x, output)
        fields = {"output": list(output)}
        y, dx = run("adaptive_max_pool", fields, x, up)
        want, gradient = expected_max(x, output, windows, up)
        np.testing.assert_array_equal(y, want)
        np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12)
        y, dx = run("adaptive_avg_pool", fields, x, up)
        want, gradient = expected_mean(x, output, windows, [len(w) for w in windows], up)
        np.testing.assert_allclose(y, want, 1e-12, 1e-12)
        np.testing.assert_allclose(dx, gradient, 1e-12, 1e-12)


def test_one_number_of_bins_serves_every_axis() -> None:
    assert run("adaptive_avg_pool", {"output": 2}, image(1, 5, 7, 3))[0].shape == (1, 2, 2, 3)


@pytest.mark.parametrize("spatial", [(5,), (3, 4), (2, 3, 4)])
def test_global_pools(spatial: tuple[int, ...]) -> None:
    x, ones = image(2, *spatial, 3), (1,) * len(spatial)
    up, windows = upstream_for(x, ones), [list(np.ndindex(*spatial))]
    y, dx = run("global_max_pool", {}, x, up)
    want, gradient = expected_max(x, ones, windows, up)
    np.testing.assert_array_equal(y, want)
    np.testing.assert_array_equal(dx, gradient)
    y, dx = run("global_avg_pool", {}, x, up)
    want, gradient = expected_mean(x, ones, windows, [math.prod(spatial)], up)
    np.testing.assert_allclose(y, want, 1e-12)
    np.testing.assert_allclose(dx, gradient, 1e-12)


def test_a_global_maximum_of_many_positions() -> None:
    """More taps on an axis than one byte counts."""
    x = np.arange(1000.0).reshape(1, 1000, 1)
    y, dx = run("global_max_pool", {}, x)
    assert y.item() == 999
    assert np.flatnonzero(dx).tolist() == [999]


EVERY = [
    ("max_pool", {"F": 3, "S": 2, "P": 1, "rounding": "floor"}),
    ("max_pool", {"F": 4, "S": 2}),
    ("avg_pool", {"F": 3, "S": 2, "P": 1, "rounding": "ceil"}),
    ("l2_pool", {"F": 2}),
    ("global_max_pool", {}),
    ("global_avg_pool", {}),
    ("adaptive_max_pool", {"output": 3}),
    ("adaptive_avg_pool", {"output": 3}),
]


@pytest.mark.parametrize(("kind", "fields"), EVERY)
def test_single_precision_stays_single(kind: str, fields: Fields) -> None:
    x = image(2, 8, 8, 3)
    exact, gradient = run(kind, fields, x.astype(np.float32).astype(float))
    y, dx = run(kind, fields, x.astype(np.float32))
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, exact, 1e-5, 1e-6)
    np.testing.assert_allclose(dx, gradient, 1e-5, 1e-6)


@pytest.mark.parametrize(("kind", "fields"), EVERY)
def test_views_in_any_order_are_taken(kind: str, fields: Fields) -> None:
    x = image(2, 8, 8, 3)
    view = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 1)), 1, -1)
    y, dx = run(kind, fields, x)
    up = np.moveaxis(np.ones_like(np.moveaxis(y, -1, 1)), 1, -1)
    for got, want in zip(run(kind, fields, view, up), (y, dx), strict=True):
        np.testing.assert_allclose(got, want, 1e-13)


@pytest.mark.parametrize(("kind", "fields"), EVERY)
def test_no_gradient_is_computed_that_nobody_wants(kind: str, fields: Fields) -> None:
    context, x = Context(Buffers("float64")), image(2, 8, 8, 3)
    pool = kernel(kind, fields)
    y, saved = pool.forward(context, [x], {})
    assert pool.backward(context, y, saved, {}, [False]) == ([None], {})
    assert context.macs == 0


# -- max_unpool ------------------------------------------------------------------------------------


def unpooling(fields: Fields) -> Any:
    """Return the kernel behind a max pool with some fields."""
    layer = KINDS["max_unpool"](of="pool").bound(KINDS["max_pool"](**fields))
    return KERNELS["max_unpool"](layer)


def test_values_go_back_to_where_the_largest_were() -> None:
    seen = np.array([[5.0, 1, 2, 2, 0, 7, 9]]).reshape(1, 7, 1)
    x = np.array([10.0, 20, 30]).reshape(1, 3, 1)
    kernel, context = unpooling({"F": 2, "rounding": "floor"}), Context(Buffers("float64"))
    y, saved = kernel.forward(context, [x, seen], {})
    assert y.ravel().tolist() == [10, 0, 20, 0, 0, 30, 0]  # of equal ones the first
    up = np.arange(7.0).reshape(1, 7, 1)
    (dx, none), _ = kernel.backward(context, up, saved, {}, [True, True])
    assert dx.ravel().tolist() == [0, 2, 5]
    assert not none.any()
    assert none.shape == seen.shape
    assert kernel.backward(context, up, saved, {}, [False, False]) == ([None, None], {})


def test_of_windows_with_one_position_the_last_counts() -> None:
    seen = np.array([0.0, 9, 1, 2]).reshape(1, 4, 1)
    x = np.array([10.0, 20, 30]).reshape(1, 3, 1)
    kernel, context = unpooling({"F": 2, "S": 1}), Context(Buffers("float64"))
    y, saved = kernel.forward(context, [x, seen], {})
    assert y.ravel().tolist() == [0, 20, 0, 30]
    (dx, _), _ = kernel.backward(context, np.ones((1, 4, 1)), saved, {}, [True, False])
    assert dx.ravel().tolist() == [0, 1, 1]


def test_a_window_without_a_pixel_puts_nothing() -> None:
    fields = {"F": 2, "S": 2, "P": 1, "dilation": 2, "rounding": "floor"}
    seen = -np.arange(1.0, 5).reshape(1, 2, 2, 1)
    kernel, context = unpooling(fields), Context(Buffers("float64"))
    x = np.full((1, 1, 1, 1), 3.0)
    y, saved = kernel.forward(context, [x, seen], {})
    assert y.ravel().tolist() == [0, 0, 0, 3]  # its only tap inside
    kernel = unpooling({"F": 1, "S": 3, "P": 1, "rounding": "floor"})
    y, saved = kernel.forward(context, [np.full((1, 2, 2, 1), 3.0), seen], {})
    assert not y.any()
    (dx, _), _ = kernel.backward(context, np.ones(y.shape), saved, {}, [True, False])
    assert not dx.any()


def test_an_unpooling_stays_in_single_precision_and_undoes_its_pool() -> None:
    x = image(2, 9, 8, 3).astype(np.float32)
    for fields in ({"F": 3}, {"F": 2, "rounding": "floor"}, {"F": 4, "S": 4, "rounding": "ceil"}):
        pool, context = kernel("max_pool", fields), Context(Buffers("float32"))
        pooled, _ = pool.forward(context, [x], {})
        y, _ = unpooling(fields).forward(context, [pooled, x], {})
        assert y.dtype == np.float32
        assert np.array_equal(y[y != 0], x[y != 0])
        assert (y != 0).sum() == pooled.size
        again, _ = pool.forward(context, [np.where(y == 0, -np.inf, y).astype(np.float32)], {})
        assert np.array_equal(again, pooled)


def test_a_window_in_the_padding_alone_puts_nothing_back() -> None:
    """Its largest value has no position: what is unpooled there is lost, and so is its gradient."""
    spec = {
        "input": "2x2x1",
        "layers": [
            {"max_pool": {"name": "pool", "F": 2, "S": 1, "P": 1, "dilation": 3}},
            {"global_avg_pool": {"name": "one", "from": "input"}},
            {"max_unpool": {"name": "back", "of": "pool"}},
        ],
    }
    image = np.ones((1, 1, 2, 2))
    result = executor.run(spec, inputs=image, upstream={"back": image})
    assert result.outputs["one"].tolist() == [[[[1]]]]
    assert result.outputs["back"].tolist() == [[[[0, 0], [0, 0]]]]
    assert result.gradients["one"].tolist() == [[[[0]]]]


@pytest.mark.parametrize(("near", "unsettled"), [(1.0, True), (1 + 1e-15, True), (1.5, False)])
def test_where_the_largest_value_is_decided_by_rounding_its_place_is_unsettled(
    near: float, unsettled: bool
) -> None:
    spec = {"input": "2x2x1", "layers": [{"max_pool": 2}, {"max_unpool": "max_pool1"}]}
    layer = trace(spec).layers[-1].layer
    assert layer is not None
    before = np.array([1, near, 0.5, 0]).reshape(1, 2, 2, 1)
    found = {
        KERNELS["max_unpool"](layer).is_unsettled(
            Context(Buffers("float64"), seed=(seed,)), [np.ones((1, 1, 1, 1)), before]
        )
        for seed in range(20)
    }
    assert (True in found) is unsettled
