"""The ways to convolve against a plain loop over windows, and against each other.

The loop pads, looks for every start at which a window fits, and sums tap by tap and group by group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from shapecalc.executor.buffers import Buffers
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.conv import algorithm
from shapecalc.executor.kernels.methods import depthwise, im2col, pointwise, taps, winograd
from shapecalc.executor.kernels.methods.slide import Slide, slide_over
from shapecalc.layers import KINDS

Array = np.ndarray


class Case(NamedTuple):
    """A convolution: N x W x C with K filters of F; sides are zeros before and after."""

    W: tuple[int, ...]
    F: tuple[int, ...]
    S: tuple[int, ...] = ()
    dilation: tuple[int, ...] = ()
    sides: tuple[tuple[int, int], ...] = ()
    C: int = 2
    K: int = 3
    groups: int = 1
    N: int = 1

    def full(self) -> Case:
        """Return the case with stride 1, dilation 1 and padding 0 where nothing was said."""
        ones = (1,) * len(self.W)
        sides = self.sides or ((0, 0),) * len(self.W)
        return self._replace(S=self.S or ones, dilation=self.dilation or ones, sides=sides)


PLAIN = [
    Case((1,), (1,), C=1, K=1),
    Case((7,), (3,), N=3),
    Case((8,), (3,), S=(3,), sides=((1, 0),), C=1),  # (8 - 3 + 1)/3 is whole, the next are not
    Case((9,), (2,), S=(3,), dilation=(2,), sides=((0, 1),), N=3),
    Case((10,), (3,), S=(4,), dilation=(3,), sides=((2, 3),)),
    Case((5,), (1,), S=(2,), C=3),
    Case((5,), (1,), sides=((1, 1),), C=3),
    Case((4, 5), (1, 1), C=3, K=2, N=3),
    Case((5, 6), (3, 2), N=3),
    Case((5, 6), (3, 3), sides=((1, 1), (1, 1)), C=1, K=1),
    Case((6, 1), (3, 1), N=3, C=4),  # width 1
    Case((1, 6), (1, 3), N=3),  # height 1
    Case((1, 1), (3, 3), sides=((1, 1), (1, 1)), N=3),
    Case((1, 7), (3, 3), S=(1, 2), sides=((1, 1), (0, 1)), C=1),
    Case((8, 7), (3, 2), S=(2, 3), sides=((1, 0), (2, 1)), N=3),
    Case((9, 8), (2, 3), S=(3, 2), dilation=(2, 3), sides=((0, 1), (3, 0))),
    Case((7, 7), (2, 2), S=(4, 5), C=3, N=3),  # the stride skips pixels
    Case((3, 4), (3, 4), sides=((2, 2), (3, 3)), C=1, N=3),
    Case((6, 5), (3, 3), dilation=(2, 1), sides=((2, 1), (0, 2)), N=3),
    Case((6, 5), (3, 3), dilation=(1, 2), sides=((0, 3), (1, 1)), K=1),
    Case((3, 4, 3), (2, 2, 2), N=3),
    Case((4, 5, 4), (2, 3, 1), S=(2, 1, 3), dilation=(2, 1, 1), sides=((1, 0), (1, 1), (0, 2))),
    Case((1, 1, 5), (1, 1, 3), sides=((0, 0), (0, 0), (1, 1)), N=3),
    Case((1, 4, 1), (1, 2, 1), C=1, N=3),
    Case((3, 1, 1), (2, 1, 1), N=3, K=1),
    Case((3, 4, 5), (1, 1, 1), N=3),
]
GROUPED = [
    Case((6,), (3,), C=4, K=6, groups=2, N=3),
    Case((5, 6), (3, 2), S=(2, 1), sides=((1, 0), (1, 1)), C=6, K=3, groups=3),
    Case((4, 4), (2, 2), dilation=(2, 1), C=2, K=4, groups=2, N=3),
    Case((3, 3, 4), (2, 1, 2), C=4, K=4, groups=2),
]
DEPTHWISE = [
    Case((6,), (3,), C=3, K=3, groups=3, N=3),
    Case((7,), (2,), S=(2,), dilation=(3,), sides=((1, 2),), C=2, K=6, groups=2),
    Case((5, 6), (3, 3), sides=((1, 1), (1, 1)), C=4, K=4, groups=4, N=3),
    Case((5, 6), (3, 2), S=(2, 3), sides=((1, 0), (2, 0)), C=3, K=6, groups=3, N=3),
    Case((1, 5), (1, 3), C=2, K=4, groups=2),
    Case((4, 1), (3, 1), C=1, K=3, groups=1, N=3),
    Case((3, 4, 3), (2, 2, 3), dilation=(1, 2, 1), sides=((0, 1),) * 3, C=2, K=2, groups=2),
]
TILED = [
    Case((H, W), (3, 3), sides=sides, C=C, K=K, N=N)
    for H, W, sides, C, K, N in [
        (6, 6, ((0, 0), (0, 0)), 1, 1, 1),
        (3, 3, ((0, 0), (0, 0)), 2, 3, 3),
        (4, 8, ((1, 1), (1, 1)), 2, 3, 3),
        (5, 7, ((1, 1), (1, 1)), 3, 2, 1),
        (9, 10, ((0, 1), (1, 0)), 2, 2, 3),
        (10, 13, ((2, 2), (2, 2)), 1, 4, 1),
        (7, 6, ((0, 2), (2, 1)), 4, 1, 1),
        (6, 9, ((3, 0), (1, 4)), 2, 2, 1),  # windows wholly in the padding
        (1, 1, ((1, 1), (1, 1)), 2, 2, 3),
        (1, 11, ((1, 1), (0, 0)), 2, 2, 1),
        (2, 5, ((3, 3), (3, 3)), 1, 2, 1),
    ]
]
TILED += [case._replace(W=(case.W[0] + 2, case.W[1] + 3), F=(5, 5)) for case in TILED]
POINTWISE = [
    *[case for case in PLAIN if set(case.F) == {1} and not case.sides],
    Case((7, 6), (1, 1), S=(2, 3), N=3),
    Case((4, 5, 3), (1, 1, 1), S=(3, 1, 2), C=3, K=2),
]


class Winograd:
    """Winograd's way, which computes both gradients at once, as the other ways are called."""

    forward = staticmethod(winograd.forward)

    @staticmethod
    def input_gradient(
        context: Context, upstream: Array, weight: Array, how: Slide, shape: tuple[int, ...]
    ) -> Array:
        x = np.full(shape, np.nan, upstream.dtype)
        dx, _ = winograd.gradients(context, x, upstream, weight, how, shape)
        assert dx is not None
        return dx

    @staticmethod
    def weight_gradient(
        context: Context, x: Array, upstream: Array, how: Slide, weight: Array
    ) -> Array:
        dx, dw = winograd.gradients(context, x, upstream, weight, how, None)
        assert dx is None
        return dw


WAYS = [
    *[(taps, case) for case in [*PLAIN, *GROUPED, *DEPTHWISE, *TILED]],
    *[(im2col, case) for case in [*PLAIN, *TILED]],
    *[(depthwise, case) for case in DEPTHWISE],
    *[(pointwise, case) for case in POINTWISE],
    *[(Winograd, case) for case in TILED],
]


def named(value: Any) -> str:
    """Return a readable id for a method or a case."""
    return value.__name__.rpartition(".")[2] if hasattr(value, "__name__") else ""


class Wanted(NamedTuple):
    """What the loop gives."""

    y: Array
    dx: Array
    dw: Array
    macs: int


def starts(case: Case) -> list[range]:
    """Return where windows start on each axis of the padded array: wherever one fits."""
    found = []
    for axis in zip(case.W, case.F, case.S, case.dilation, case.sides, strict=True):
        W, F, S, dilation, (before, after) = axis
        reach = [f * dilation for f in range(F)][-1] + 1
        found.append(range(0, before + W + after - reach + 1, S))
    return found


def loop(case: Case, x: Array, w: Array, up: Array) -> Wanted:
    """Return output and gradients of a convolution, window by window."""
    pads = ((0, 0), *case.sides, (0, 0))
    image = np.pad(x, pads)
    where = starts(case)
    y = np.zeros((case.N, *map(len, where), case.K))
    d_image, dw, macs = np.zeros(image.shape), np.zeros(w.shape), 0
    deep, wide = case.C // case.groups, case.K // case.groups
    for n in range(case.N):
        for at in np.ndindex(y.shape[1:-1]):
            for t in np.ndindex(case.F):
                place = [where[a][i] + t[a] * case.dilation[a] for a, i in enumerate(at)]
                for g in range(case.groups):
                    pixel = (n, *place, slice(g * deep, (g + 1) * deep))
                    value = (n, *at, slice(g * wide, (g + 1) * wide))
                    own = (*t, slice(None), slice(g * wide, (g + 1) * wide))
                    y[value] += image[pixel] @ w[own]
                    macs += deep * wide
                    d_image[pixel] += w[own] @ up[value]
                    dw[own] += np.outer(image[pixel], up[value])
    inside = tuple(
        slice(b, b + W) for W, (b, _) in zip(x.shape, ((0, 0), *case.sides, (0, 0)), strict=True)
    )
    return Wanted(y, d_image[inside], dw, macs)


@cache
def solved(case: Case) -> tuple[tuple[Array, Array, Array], Wanted]:
    """Return random values for a case (x, weight, upstream), and what the loop gives for them."""
    random = np.random.default_rng(prod(case.W) + case.C)
    x = random.normal(size=(case.N, *case.W, case.C))
    w = random.normal(size=(*case.F, case.C // case.groups, case.K))
    up = random.normal(size=(case.N, *map(len, starts(case)), case.K))
    return (x, w, up), loop(case, x, w, up)


class Trial:
    """A case with random values, and what the loop gives for it."""

    def __init__(self, case: Case, dtype: str = "float64") -> None:
        self.case, self.dtype = case.full(), dtype
        given, self.wanted = solved(self.case)
        self.x, self.w, self.up = (array.astype(dtype) for array in given)

    def context(self) -> Context:
        """Return a context whose buffers are full of NaN, so that nothing unwritten passes."""
        return Context(Poisoned(self.dtype))

    def check(
        self,
        method: Any,
        tolerance: float = 1e-12,
        changed: Callable[[Array], Array] = lambda array: array,
    ) -> None:
        """Compare what a method gives; `changed` gives its arguments another memory layout."""
        case = self.case
        x, w, up = changed(self.x), changed(self.w), changed(self.up)
        before = [a.copy() for a in (x, w, up)]
        how = slide_over(x, case.F, case.S, case.dilation, list(case.sides), case.groups)
        assert how.sizes == self.wanted.y.shape[1:-1]
        y = method.forward(self.context(), x, w, how)
        dx = method.input_gradient(self.context(), up, w, how, x.shape)
        dw = method.weight_gradient(self.context(), x, up, how, w)
        for found, wanted in zip((y, dx, dw), self.wanted, strict=False):
            assert found.dtype == np.dtype(self.dtype)
            assert found.shape == wanted.shape
            scale = max(1.0, float(np.abs(wanted).max()))
            np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)
        for array, was in zip((x, w, up), before, strict=True):
            np.testing.assert_array_equal(array, was)


class Poisoned(Buffers):
    """Buffers that come full of NaN."""

    def empty(self, shape: Any) -> Array:
        array = super().empty(shape)
        array.fill(np.nan)
        return array


@pytest.fixture(autouse=True)
def small_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a single tile be enough."""
    monkeypatch.setattr(winograd, "FEWEST", {3: 1, 5: 1})


@pytest.mark.quick(29)
@pytest.mark.parametrize(("method", "case"), WAYS, ids=named)
def test_a_method_gives_what_the_loop_gives(method: Any, case: Case) -> None:
    Trial(case).check(method, 1e-11 if method is Winograd else 1e-13)


@pytest.mark.parametrize(("method", "case"), [w for w in WAYS if w[0] is not Winograd], ids=named)
def test_a_method_keeps_single_precision(method: Any, case: Case) -> None:
    Trial(case, "float32").check(method, 1e-6)


@pytest.mark.parametrize("case", TILED)
def test_winograd_in_single_precision(case: Case) -> None:
    Trial(case, "float32").check(Winograd, 2e-5)


def test_methods_agree_on_a_larger_image() -> None:
    random = np.random.default_rng(1)
    x, w = random.normal(size=(2, 33, 30, 17)), random.normal(size=(3, 3, 17, 19))
    how = slide_over(x, (3, 3), (1, 1), (1, 1), [(1, 1), (0, 1)])
    up = random.normal(size=(2, *how.sizes, 19))
    assert winograd.fits(how, w, len(x))
    found = []
    for method in (taps, im2col, Winograd):
        context = Context(Poisoned("float64"))
        found.append(
            (
                method.forward(context, x, w, how),
                method.input_gradient(context, up, w, how, x.shape),
                method.weight_gradient(context, x, up, how, w),
            )
        )
    for arrays in found[1:]:
        for one, other in zip(found[0], arrays, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-10 * np.abs(one).max())


# -- bands -------------------------------------------------------------------------------------


def spied(monkeypatch: pytest.MonkeyPatch, method: Any) -> list[list[Any]]:
    """Return a list that every sequence of bands is added to."""
    seen: list[list[Any]] = []
    real = method._bands

    def bands(*arguments: Any) -> Iterator[Any]:
        seen.append(list(real(*arguments)))
        return iter(seen[-1])

    monkeypatch.setattr(method, "_bands", bands)
    return seen


@pytest.mark.parametrize("band", [1, 30, 60, 100, 500])
@pytest.mark.parametrize("case", [c for c in PLAIN if c.N > 1])
def test_im2col_in_small_bands(monkeypatch: pytest.MonkeyPatch, case: Case, band: int) -> None:
    monkeypatch.setattr(im2col, "BAND", band)
    seen = spied(monkeypatch, im2col)
    Trial(case).check(im2col)
    assert len(seen) == 3
    if band == 1 and set(case.F) != {1}:
        assert min(map(len, seen)) >= case.N


@pytest.mark.parametrize("band", [1, 60, 100, 500])
@pytest.mark.parametrize("case", [c for c in PLAIN if prod(c.F) > 1])
def test_a_band_is_a_single_row_or_no_larger_than_wanted(
    monkeypatch: pytest.MonkeyPatch, case: Case, band: int
) -> None:
    trial, room = Trial(case), Buffers("float64")
    case = trial.case
    monkeypatch.setattr(im2col, "BAND", band)
    seen = spied(monkeypatch, im2col)
    how = slide_over(trial.x, case.F, case.S, case.dilation, list(case.sides))
    im2col.forward(Context(room), trial.x, trial.w, how)
    (bands,) = seen
    row = how.sizes[-1] * prod(case.F) * case.C
    rows = [prod(cut.stop - cut.start for cut in band) for band in bands]
    assert sum(rows) == case.N * prod(how.sizes[:-1])
    assert max(rows) * row <= max(band, row)


@pytest.mark.parametrize("band", [1, 200, 600])
@pytest.mark.parametrize("case", TILED)
def test_winograd_in_small_bands(monkeypatch: pytest.MonkeyPatch, case: Case, band: int) -> None:
    monkeypatch.setattr(winograd, "BAND", band)
    seen = spied(monkeypatch, winograd)
    Trial(case).check(Winograd, 1e-11)
    if band == 1:
        high = len(range(0, Trial(case).wanted.y.shape[1], 4))
        assert len(seen[0]) == case.N * high


# -- memory layouts ----------------------------------------------------------------------------


def moved(array: Array) -> Array:
    """Return the same values with the last axis first in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, -1, 0)), 0, -1)


def reversed_axes(array: Array) -> Array:
    """Return the same values with all axes the other way round in memory."""
    return np.asfortranarray(array)


def spread(array: Array) -> Array:
    """Return a view that takes every second value of a larger array, on every axis."""
    large = np.full([2 * size + 1 for size in array.shape], np.nan, array.dtype)
    view = large[tuple(slice(1, None, 2) for _ in array.shape)]
    view[...] = array
    return view


def odd_strides(array: Array) -> Array:
    """Return a view whose axes of length 1 have strides that mean nothing."""
    array = np.ascontiguousarray(array)
    strides = [
        8 * 12345 if size == 1 else stride
        for size, stride in zip(array.shape, array.strides, strict=True)
    ]
    return as_strided(array, array.shape, strides)


def turned(array: Array) -> Array:
    """Return a view that runs backwards through memory."""
    cut = (slice(None, None, -1),) * array.ndim
    return np.ascontiguousarray(array[cut])[cut]


LAYOUTS = [moved, reversed_axes, spread, odd_strides, turned]


@pytest.mark.parametrize("changed", LAYOUTS)
@pytest.mark.parametrize(
    ("method", "case"),
    [(m, c) for m, c in WAYS if m is not taps and (1 in c.W or 1 in c.F or c.N == 3)],
    ids=named,
)
def test_any_memory_layout_will_do(
    method: Any, case: Case, changed: Callable[[Array], Array]
) -> None:
    Trial(case).check(method, 1e-11, changed)


@pytest.mark.parametrize("changed", LAYOUTS)
@pytest.mark.parametrize("case", [PLAIN[3], PLAIN[13], GROUPED[1], DEPTHWISE[1]])
def test_any_memory_layout_will_do_for_the_plain_way(
    case: Case, changed: Callable[[Array], Array]
) -> None:
    Trial(case).check(taps, 1e-12, changed)


# -- multiplications ---------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "case"), [w for w in WAYS if w[0] is not Winograd], ids=named)
def test_the_multiplications_are_those_of_the_loop(method: Any, case: Case) -> None:
    trial = Trial(case)
    case, context = trial.case, trial.context()
    how = slide_over(trial.x, case.F, case.S, case.dilation, list(case.sides), case.groups)
    method.forward(context, trial.x, trial.w, how)
    assert context.macs == trial.wanted.macs


@pytest.mark.parametrize("N", [1, 3])
def test_the_multiplications_of_dense(N: int) -> None:
    x, w = np.ones((N, 2, 3, 4)), np.ones((5, 24))
    kernel, context = KERNELS["dense"](KINDS["dense"](units=5)), Context(Poisoned("float64"))
    kernel.forward(context, [x], {"weight": w})
    assert context.macs == N * 24 * 5


@pytest.mark.parametrize("W", [(5,), (3, 4), (2, 3, 2)])
@pytest.mark.parametrize(("groups", "S", "P"), [(1, 1, 0), (2, 2, 1), (2, 3, "same")])
def test_the_multiplications_of_conv_transpose(
    W: tuple[int, ...], groups: int, S: int, P: int | str
) -> None:
    layer = KINDS["conv_transpose"](K=6, F=3, S=S, P=P, groups=groups)
    kernel, context = KERNELS["conv_transpose"](layer), Context(Poisoned("float64"))
    weight = np.ones((4, 6 // groups, *(3,) * len(W)))
    kernel.forward(
        context, [np.ones((2, *W, 4))], {"weight": kernel.to_kernel_layout("weight", weight)}
    )
    assert context.macs == 2 * prod(W) * 4 * 6 // groups * 3 ** len(W)


# -- which way is taken ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "case", "method"),
    [
        ({}, Case((30, 30), (3, 3), C=16, K=16), im2col),
        ({"fast": True}, Case((30, 30), (3, 3), C=16, K=16), winograd),
        ({"fast": True, "plain": True}, Case((30, 30), (3, 3), C=16, K=16), taps),
        ({"fast": True}, Case((30, 30), (3, 3), C=15, K=16), im2col),
        ({"fast": True}, Case((30, 30), (3, 3), S=(1, 2), C=16, K=16), im2col),
        ({"fast": True}, Case((60, 60), (3, 3), dilation=(2, 1), C=16, K=16), im2col),
        ({"fast": True}, Case((30, 30), (3, 1), C=16, K=16), im2col),
        ({"fast": True}, Case((30,), (3,), C=16, K=16), im2col),
        ({"fast": True}, Case((30, 30, 30), (3, 3, 3), C=16, K=16), im2col),
        ({"fast": True}, Case((18, 34), (3, 3), C=16, K=16), winograd),  # 4 x 8 tiles
        ({"fast": True}, Case((18, 30), (3, 3), C=16, K=16), im2col),
        ({"fast": True}, Case((18, 18), (3, 3), C=16, K=16, N=2), winograd),
        ({"fast": True}, Case((18, 18), (3, 3), C=16, K=16), im2col),
        ({"fast": True}, Case((17, 20), (5, 5), C=16, K=16), winograd),  # 4 x 4 tiles, some in part
        ({"fast": True}, Case((16, 20), (5, 5), C=16, K=16), im2col),
        ({"fast": True}, Case((60, 60), (7, 7), C=16, K=16), im2col),
        ({}, Case((5, 5), (1, 1), S=(2, 1)), pointwise),
        ({}, Case((5, 5), (1, 1), sides=((1, 0), (0, 0))), im2col),
        ({}, Case((5, 5), (1, 1), C=4, K=4, groups=2), taps),
        ({"plain": True}, Case((5, 5), (1, 1)), taps),
        ({"fast": True}, Case((30, 30), (3, 3), C=32, K=32, groups=2), taps),
        ({}, Case((5, 5), (3, 3), C=4, K=8, groups=4), depthwise),
        ({"plain": True}, Case((5, 5), (3, 3), C=4, K=8, groups=4), taps),
    ],
)
def test_which_way_is_taken(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, bool], case: Case, method: Any
) -> None:
    monkeypatch.setattr(winograd, "FEWEST", {3: 32, 5: 16})
    case = case.full()
    x = np.broadcast_to(np.zeros(()), (case.N, *case.W, case.C))
    weight = np.zeros((*case.F, case.C // case.groups, case.K))
    how = slide_over(x, case.F, case.S, case.dilation, list(case.sides), case.groups)
    assert algorithm(Context(Buffers("float64"), **fields), case.N, weight, how) is method


# -- planted faults ----------------------------------------------------------------------------


class Shifted:
    """The plain way with an output that is one pixel off, and gradients a thousandth too large."""

    @staticmethod
    def forward(*arguments: Any) -> Array:
        return np.roll(taps.forward(*arguments), 1, axis=1)

    @staticmethod
    def input_gradient(*arguments: Any) -> Array:
        return taps.input_gradient(*arguments) * 1.001

    @staticmethod
    def weight_gradient(*arguments: Any) -> Array:
        return taps.weight_gradient(*arguments) * 1.001


@pytest.mark.parametrize("part", ["forward", "input_gradient", "weight_gradient"])
def test_a_planted_fault_is_noticed(part: str) -> None:
    trial = Trial(PLAIN[14])
    trial.check(taps)

    class Faulty:
        """The plain way but for one part."""

        forward = staticmethod(taps.forward)
        input_gradient = staticmethod(taps.input_gradient)
        weight_gradient = staticmethod(taps.weight_gradient)

    setattr(Faulty, part, getattr(Shifted, part))
    with pytest.raises(AssertionError):
        trial.check(Faulty)


def test_memory_that_is_not_written_is_noticed() -> None:
    class Lazy:
        """The plain way with a row left out."""

        input_gradient = staticmethod(taps.input_gradient)
        weight_gradient = staticmethod(taps.weight_gradient)

        @staticmethod
        def forward(context: Context, *arguments: Any) -> Array:
            y = taps.forward(context, *arguments)
            out = context.buffers.empty(y.shape)
            out[:, 1:] = y[:, 1:]
            return out

    with pytest.raises(AssertionError):
        Trial(PLAIN[14]).check(Lazy)
