"""Caffe's pools against a plain loop of its rules, convolutions, and unpooling by places."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from caffe_files import image, layer

import shapecalc
from shapecalc import network
from shapecalc.executor import run
from shapecalc.readers import read_bytes
from shapecalc.tracing import Trace


def traced(text: str) -> Trace:
    """Return the trace of a file."""
    return shapecalc.trace(network.build(read_bytes(text.encode(), "net.prototxt")))


def windows(W: int, F: int, S: int, P: int, padded: bool, ceil: bool = True) -> int:
    """Count the windows along an axis, one after the other, as pooling_layer.cpp has it.

    `padded` says whether any axis of the layer is.
    """
    count, start = 0, -P
    while start + F <= W + P:
        count, start = count + 1, start + S
    if ceil and start - S + F < W + P:  # some values are left over
        count, start = count + 1, start + S
    if ceil and padded and count and start - S >= W:
        count -= 1
    return count


def pool(name: str, F: int, S: int, P: Any, rest: str = "") -> str:
    pads = f"pad: {P}" if isinstance(P, int) else f"pad_h: {P[0]} pad_w: {P[1]}"
    settings = f"pooling_param {{ kernel_size: {F} stride: {S} {pads} {rest} }}"
    return layer("Pooling", "data", name, settings)


CASES = [
    (F, S, P)
    for F, S in product(range(1, 6), range(1, 6))
    for P in [*range(F), *([(0, F - 1), (F - 1, 0)] if F > 1 else [])]
]


@pytest.mark.parametrize(("H", "W"), [(5, 5), (8, 9), (11, 12), (7, 16)])
@pytest.mark.parametrize("method", ["MAX", "AVE"])
def test_pools_have_caffes_windows(H: int, W: int, method: str) -> None:
    text = image(H, W) + "".join(
        pool(f"{F} {S} {P}".replace(" ", "_").replace(",", ""), F, S, P, f"pool: {method}")
        for F, S, P in CASES
    )
    trace = traced(text)
    assert trace.diagnostics == ()
    pools = [record for record in trace if record.kind.endswith("_pool")]
    assert len(pools) == len(CASES) > 100
    for record, (F, S, P) in zip(pools, CASES, strict=True):
        pads = (P, P) if isinstance(P, int) else P
        expected = tuple(
            windows(size, F, S, p, any(pads)) for size, p in zip((H, W), pads, strict=True)
        )
        assert record.output == (*expected, 2), record.name


@pytest.mark.parametrize("setting", ["round_mode: FLOOR", "round_mode: 1", "ceil_mode: false"])
def test_pools_may_round_down(setting: str) -> None:
    text = image(11, 12) + "".join(
        pool(f"p{n}", F, S, P, setting) for n, (F, S, P) in enumerate(CASES)
    )
    trace = traced(text)
    assert trace.diagnostics == ()
    pools = [record for record in trace if record.kind == "max_pool"]
    for record, (F, S, P) in zip(pools, CASES, strict=True):
        pads = (P, P) if isinstance(P, int) else P
        expected = tuple(
            windows(size, F, S, p, any(pads), ceil=False)
            for size, p in zip((11, 12), pads, strict=True)
        )
        assert record.output == (*expected, 2), record.name


@pytest.mark.slow
@pytest.mark.parametrize("method", ["MAX", "AVE"])
def test_pools_without_what_stands_around_them_are_found(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shapecalc.readers.caffe.windows._border", lambda *_: None)
    with pytest.raises(AssertionError):
        test_pools_have_caffes_windows(8, 9, method)


def test_the_last_window_past_the_input() -> None:
    """readers of other frameworks drop it: H 5, F 1, S 3 has 3 windows in Caffe, 2 in PyTorch."""
    assert windows(5, 1, 3, 0, False) == 3
    trace = traced(image(5, 5) + pool("pool", 1, 3, 0))
    assert [(r.name, r.kind, r.output) for r in trace] == [
        ("pool/pad", "pad", (7, 7, 2)),
        ("pool", "max_pool", (3, 3, 2)),
    ]


def test_the_largest_values_are_caffes_where_the_padding_is_wide() -> None:
    text = image(4, 4) + pool("pool", 3, 1, 2)
    spec = network.build(read_bytes(text.encode(), "net.prototxt"))
    x = -1 - np.arange(32.0).reshape(1, 2, 4, 4)  # all below zero: padding with it would show
    found = run(spec, inputs=x).outputs["pool"]
    expected = np.empty((1, 2, 6, 6))
    for i, j in product(range(6), range(6)):
        part = x[:, :, max(i - 2, 0) : i + 1, max(j - 2, 0) : j + 1]
        expected[:, :, i, j] = part.max((2, 3))
    assert np.array_equal(found, expected)


def test_a_pool_is_one_pixel_apart_by_default() -> None:
    trace = traced(image(6, 6) + layer("Pooling", rest="pooling_param { kernel_size: 3 }"))
    assert trace["out"].output == (4, 4, 2)
    trace = traced(
        image(6, 9)
        + layer("Pooling", rest="pooling_param { kernel_h: 3 kernel_w: 2 stride_h: 3 stride_w: 1 }")
    )
    assert trace["out"].output == (2, 8, 2)


@pytest.mark.parametrize(
    ("method", "kind"), [("MAX", "global_max_pool"), ("AVE", "global_avg_pool")]
)
def test_global_pools(method: str, kind: str) -> None:
    settings = f"pooling_param {{ pool: {method} global_pooling: true }}"
    trace = traced(image(6, 5) + layer("Pooling", rest=settings))
    assert (trace["out"].kind, trace["out"].output) == (kind, (1, 1, 2))


def test_pools_that_draw_are_operations_of_known_size() -> None:
    settings = "pooling_param { pool: STOCHASTIC kernel_size: 3 stride: 2 }"
    trace = traced(image(6, 6) + layer("Pooling", rest=settings))
    assert (trace["out"].kind, trace["out"].output) == ("operation", (3, 3, 2))
    settings = "pooling_param { pool: STOCHASTIC global_pooling: true }"
    assert traced(image(6, 6) + layer("Pooling", rest=settings))["out"].output == (1, 1, 2)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("kernel_size: 0", "SC104"),
        ("kernel_size: 3 stride: 0", "SC104"),
        ("kernel_size: 9", "SC202"),
        ("stride: 2", "SC603"),
        ("kernel_size: 3 pool: MIN", "SC603"),
        ("kernel_size: 3 pad: -1", "SC104"),
    ],
)
def test_impossible_pools(settings: str, code: str) -> None:
    text = image(5, 5) + layer("Pooling", rest=f"pooling_param {{ {settings} }}")
    assert [(found.code, found.line) for found in traced(text).diagnostics] == [(code, 2)]


# -- convolutions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "output", "parameters"),
    [
        ("num_output: 4 kernel_size: 3", (8, 6, 4), 4 * 6 * 9 + 4),
        ("num_output: 4 kernel_size: 3 stride: 2 pad: 1", (5, 4, 4), 4 * 6 * 9 + 4),
        ("num_output: 4 kernel_size: 3 stride: 2", (4, 3, 4), 4 * 6 * 9 + 4),  # rounded down
        ("num_output: 4 kernel_size: 3 group: 2 bias_term: false", (8, 6, 4), 4 * 3 * 9),
        ("num_output: 4 kernel_size: 3 dilation: 2", (6, 4, 4), 4 * 6 * 9 + 4),
        ("num_output: 4 kernel_size: 1 kernel_size: 5", (10, 4, 4), 4 * 6 * 5 + 4),
        ("num_output: 4 kernel_size: [5, 1] stride: [1, 3] pad: [0, 1]", (6, 4, 4), 4 * 6 * 5 + 4),
        ("num_output: 4 kernel_h: 1 kernel_w: 5 pad_h: 0 pad_w: 2", (10, 8, 4), 4 * 6 * 5 + 4),
        ("num_output: 4 kernel_size: 3 stride_h: 2 stride_w: 1", (4, 6, 4), 4 * 6 * 9 + 4),
        ("num_output: 4 kernel_size: 3 engine: CUDNN axis: 1 force_nd_im2col: false", (8, 6, 4),
         4 * 6 * 9 + 4),
    ],
)  # fmt: skip
def test_convolutions(settings: str, output: Any, parameters: int) -> None:
    trace = traced(
        image(10, 8, depth=6) + layer("Convolution", rest=f"convolution_param {{ {settings} }}")
    )
    assert (trace["out"].output, trace["out"].parameters) == (output, parameters)
    assert trace.complete


def test_convolutions_in_one_and_three_dimensions() -> None:
    settings = "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }"
    assert traced(image(9) + layer("Convolution", rest=settings))["out"].output == (9, 4)
    cube = traced(image(5, 6, 7) + layer("Convolution", rest=settings))["out"]
    assert (cube.output, cube.parameters) == ((5, 6, 7, 4), 4 * 2 * 27 + 4)


@pytest.mark.parametrize("kind", ["ConvolutionDepthwise", "DepthwiseConvolution"])
def test_depthwise_convolutions(kind: str) -> None:
    settings = "convolution_param { num_output: 12 kernel_size: 3 bias_term: false }"
    trace = traced(image(5, 5, depth=6) + layer(kind, rest=settings))
    assert trace["out"].parameters == 12 * 9
    settings = settings.replace("12", "6")
    assert traced(image(5, 5, depth=6) + layer(kind, rest=settings))["out"].parameters == 6 * 9


@pytest.mark.parametrize(
    ("settings", "output", "parameters"),
    [
        ("num_output: 4 kernel_size: 4 stride: 2", (16, 12, 4), 6 * 4 * 16 + 4),
        ("num_output: 4 kernel_size: 4 stride: 2 pad: 1", (14, 10, 4), 6 * 4 * 16 + 4),
        ("num_output: 6 kernel_size: 4 stride: 2 group: 6 bias_term: false", (16, 12, 6), 6 * 16),
        ("num_output: 4 kernel_size: 3 dilation: 2", (11, 9, 4), 6 * 4 * 9 + 4),
    ],
)
def test_deconvolutions(settings: str, output: Any, parameters: int) -> None:
    trace = traced(
        image(7, 5, depth=6) + layer("Deconvolution", rest=f"convolution_param {{ {settings} }}")
    )
    assert (trace["out"].output, trace["out"].parameters) == (output, parameters)


def test_a_convolution_of_several_blobs_has_one_set_of_weights() -> None:
    settings = "convolution_param { num_output: 4 kernel_size: 3 }"
    text = image(5, 5) + pool("b", 2, 1, 0) + layer("Convolution", "data b", "x y", settings)
    trace = traced(text)
    assert trace.outputs == {"x": (3, 3, 4), "x:1": (2, 2, 4)}
    assert trace.totals.parameters == 4 * 2 * 9 + 4


# -- unpooling -------------------------------------------------------------------------------------

POOLED = layer("Pooling", "data", "pool mask", "pooling_param { kernel_size: 2 stride: 2 }")


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Upsample", "upsample_param { scale: 2 upsample_h: 7 upsample_w: 8 }"),
        ("Upsample", "upsample_param { scale: 2 pad_out_h: true }"),
        ("UNPOOLING", "unpooling_param { unpool: MAX kernel_size: 2 stride: 2 unpool_h: 7 }"),
    ],
)
def test_unpooling_by_places(kind: str, settings: str) -> None:
    trace = traced(image(7, 8) + POOLED + layer(kind, "pool mask", "up", settings))
    assert [(r.name, r.kind, r.output) for r in trace] == [
        ("pool", "max_pool", (4, 4, 2)), ("up", "max_unpool", (7, 8, 2))
    ]  # fmt: skip
    assert trace.outputs == {"up": (7, 8, 2)}
    assert trace.complete


def test_unpooling_to_other_sizes_is_an_operation() -> None:
    settings = "upsample_param { scale: 2 upsample_h: 9 upsample_w: 9 }"
    trace = traced(image(7, 8) + POOLED + layer("Upsample", "pool mask", "up", settings))
    assert (trace["up"].kind, trace["up"].output) == ("operation", (9, 9, 2))
    square = "unpooling_param { kernel_size: 2 stride: 2 unpool_size: 9 }"
    trace = traced(image(7, 8) + POOLED + layer("UNPOOLING", "pool mask", "up", square))
    assert trace["up"].output == (9, 9, 2)


def test_places_that_something_else_reads_are_a_layer() -> None:
    trace = traced(image(7, 8) + POOLED + layer("Python", "mask", "seen"))
    assert (trace["pool:1"].kind, trace["pool:1"].output) == ("operation", (4, 4, 2))
    assert traced(image(7, 8) + POOLED).outputs == {"pool": (4, 4, 2), "pool:1": (4, 4, 2)}


def test_names_of_pools_may_be_any() -> None:
    text = POOLED.replace('name: "pool"', 'name: "stage 1/pool (2x2)"')
    trace = traced(
        image(8, 8) + text + layer("Upsample", "pool mask", "up", "upsample_param { scale: 2 }")
    )
    assert trace["up"].output == (8, 8, 2)


def test_upsample_without_places_copies() -> None:
    trace = traced(image(7, 8) + layer("Upsample", rest="upsample_param { scale: 3 }"))
    assert (trace["out"].kind, trace["out"].output) == ("upsample", (21, 24, 2))
