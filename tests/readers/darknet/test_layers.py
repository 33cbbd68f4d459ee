"""What sections become: volumes, parameters, MACs and BFLOPS, by Darknet's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from shapecalc import Trace
from shapecalc.executor import run
from shapecalc.reports.dialects.darknet import bflops

Net = Callable[..., Trace]


def outputs(trace: Trace) -> dict[str, tuple[int | None, ...] | None]:
    """Return every layer's output, after looking that nothing was found but advice."""
    assert [found for found in trace.diagnostics if found.severity != "advice"] == []
    return {record.name: record.output for record in trace}


def last(trace: Trace, image: np.ndarray) -> np.ndarray:
    """Run a network; return what its last layer gives."""
    return run(trace.spec, inputs=image).outputs[trace.layers[-1].name]


# -- windows, against a loop that counts where they begin ------------------------------------------


def windows(W: int, size: int, stride: int, padding: int) -> int:
    """Count windows over W values and `padding` others; C's division lets one be too large."""
    room, count, at = W + padding - size, 0, 0
    if -stride < room < 0:
        return 1
    while at <= room:
        count, at = count + 1, at + stride
    return count


def pools() -> Iterator[tuple[int, int, int | None]]:
    """Yield sizes, strides and paddings, the last None where it is not written."""
    for size, stride in product(range(1, 6), range(1, 5)):
        for padding in (None, 0, 1, 2, 3):
            if padding is None or padding < size:  # more would be windows in the padding alone
                yield size, stride, padding


@pytest.mark.quick(1)
@pytest.mark.parametrize("word", ["maxpool", "local_avgpool"])
def test_pools_have_darknets_arithmetic(net: Net, word: str) -> None:
    for size, stride, padding in pools():
        written = "" if padding is None else f" padding={padding}"
        total = size - 1 if padding is None else padding
        for W in range(1, 7):
            H = 12 - W  # every size from 1 to 11 is that of one axis or of the other
            trace = net(f"{word} size={size} stride={stride}{written}", size=f"{H}x{W}x2")
            counted = windows(H, size, stride, total), windows(W, size, stride, total)
            if 0 in counted:
                assert [found.code for found in trace.diagnostics] == ["SC202"]
                continue
            assert trace.output == (*counted, 2), (size, stride, padding, H, W)
            assert bflops(trace) == pytest.approx(size**2 * 2 * counted[0] * counted[1] / 1e9)


def test_convolutions_have_darknets_arithmetic(net: Net) -> None:
    for size, stride, pad in product((1, 2, 3, 5), (1, 2, 3), ("pad=1", "pad=0", "padding=1")):
        total = {"pad=1": 2 * (size // 2), "pad=0": 0, "padding=1": 2}[pad]
        for W in range(1, 9):
            section = f"convolutional filters=2 size={size} stride={stride} {pad} activation=linear"
            trace = net(section, size=f"{W}x9x1")
            counted = windows(W, size, stride, total), windows(9, size, stride, total)
            if 0 in counted:
                assert [found.code for found in trace.diagnostics] == ["SC202"]
            else:
                assert trace.output == (*counted, 2), (size, stride, pad, W)


@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(2, 1, 1), (2, 2, 1), (3, 2, 2), (5, 1, 4)]
)
def test_the_smaller_half_of_a_pools_padding_stands_in_front(
    net: Net, size: int, stride: int, padding: int
) -> None:
    trace = net(f"maxpool size={size} stride={stride}", size="7x6x1")
    image = np.arange(42.0).reshape(1, 1, 7, 6)
    image[0, 0, 0, 0] = 99.0
    made = last(trace, image)
    for i, j in product(range(made.shape[2]), range(made.shape[3])):
        top, left = i * stride - padding // 2, j * stride - padding // 2
        seen = image[0, 0, max(top, 0) : top + size, max(left, 0) : left + size]
        assert made[0, 0, i, j] == seen.max()


# -- each section ----------------------------------------------------------------------------------

# section, input, output, weights, biases, statistics, MACs; worked out by hand
ONE = [
    ("convolutional filters=4 size=3 pad=1", "8x8x3", (8, 8, 4), 108, 4, 0, 64 * 108),
    ("conv filters=4 size=3 stride_x=2 pad=1", "8x8x3", (8, 4, 4), 108, 4, 0, 32 * 108),
    ("convolutional filters=4 size=3 stride=2 stride_x=1", "8x8x3", (3, 6, 4), 108, 4, 0, 18 * 108),
    ("convolutional filters=6 groups=3 size=3 pad=1", "4x4x3", (4, 4, 6), 54, 6, 0, 16 * 54),
    ("convolutional filters=6 groups=3 xnor=1 size=3 pad=1", "4x4x3", (4, 4, 6), 162, 6, 0,
     16 * 162),
    ("convolutional filters=4 batch_normalize=1", "8x8x3", (8, 8, 4), 12 + 4, 4, 8, 64 * 12),
    ("convolutional filters=2 size=3 pad=1 dilation=2", "8x8x1", (8, 8, 2), 18, 2, 0, 64 * 18),
    ("convolutional filters=2 size=3 dilation=2", "8x8x1", (6, 6, 2), 18, 2, 0, 36 * 18),
    ("convolutional filters=2 size=1 dilation=4", "8x8x1", (8, 8, 2), 2, 2, 0, 128),
    ("convolutional", "8x8x3", (8, 8, 1), 3, 1, 0, 192),
    ("deconvolutional filters=2 size=4 stride=2 padding=1", "8x8x3", (16, 16, 2), 96, 2, 0,
     64 * 96),
    ("local filters=2 size=3 pad=1 stride=1", "4x4x3", (4, 4, 2), 32 * 27, 32, 0, 32 * 27),
    ("local filters=2 size=3", "4x4x3", (2, 2, 2), 8 * 27, 8, 0, 8 * 27),
    ("connected output=5", "4x4x3", (5,), 240, 5, 0, 240),
    ("connected output=5 batch_normalize=1", "4x4x3", (5,), 245, 5, 10, 240),
    ("batchnorm", "4x4x3", (4, 4, 3), 3, 3, 6, 0),
    ("maxpool size=2 stride=2", "5x6x3", (3, 3, 3), 0, 0, 0, 0),
    ("maxpool size=2 stride=1", "13x13x3", (13, 13, 3), 0, 0, 0, 0),
    ("max stride=2", "6x6x3", (3, 3, 3), 0, 0, 0, 0),
    ("maxpool size=2 stride=2 stride_y=1", "6x6x3", (6, 3, 3), 0, 0, 0, 0),
    ("maxpool maxpool_depth=1 out_channels=2", "6x5x4", (6, 5, 2), 0, 0, 0, 0),
    ("avgpool", "6x5x4", (1, 1, 4), 0, 0, 0, 0),
    ("upsample", "6x5x4", (12, 10, 4), 0, 0, 0, 0),
    ("upsample stride=3 scale=.5", "6x5x4", (18, 15, 4), 0, 0, 0, 0),
    ("upsample stride=-2", "6x4x4", (3, 2, 4), 0, 0, 0, 0),
    ("reorg stride=2", "6x4x3", (3, 2, 12), 0, 0, 0, 0),
    ("reorg3d stride=2", "6x4x3", (3, 2, 12), 0, 0, 0, 0),
    ("reorg stride=2 reverse=1", "3x2x12", (6, 4, 3), 0, 0, 0, 0),
    ("reorg extra=5", "6x4x3", (77,), 0, 0, 0, 0),
    ("crop crop_height=4 crop_width=3", "6x5x4", (4, 3, 4), 0, 0, 0, 0),
    ("normalization", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("dropout probability=.2", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("softmax", "1x1x10", (1, 1, 10), 0, 0, 0, 0),
    ("soft groups=2", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("l2norm", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("activation activation=mish", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("activation", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("logistic", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("silence", "6x5x4", (6, 5, 4), 0, 0, 0, 0),
    ("implicit filters=6 atoms=2", "6x5x4", (2, 1, 6), 12, 0, 0, 0),
    ("history history_size=3", "6x5x4", (6, 5, 12), 0, 0, 0, 0),
    # input*hidden + hidden*hidden + hidden*output, and as many biases
    ("rnn hidden=5 output=3", "4", (3,), 20 + 25 + 15, 13, 0, 60),
    ("rnn hidden=5 output=3 batch_normalize=1", "4", (3,), 60 + 13, 13, 26, 60),
    # 3*(4*5 + 5*5), 6*5; 4*(4*5 + 5*5), 8*5
    ("gru output=5", "4", (5,), 135, 30, 0, 135),
    ("lstm output=5", "4", (5,), 180, 40, 0, 180),
    ("lstm output=5 batch_normalize=1", "4", (5,), 180 + 40, 40, 80, 180),
    ("lstm output=5", "2x1x2", (5,), 180, 40, 0, 180),
    # 9*(3*2 + 2*2 + 2*4) weights at 8x8
    ("crnn hidden=2 output=4 pad=1", "8x8x3", (8, 8, 4), 162, 8, 0, 64 * 162),
    ("crnn hidden_filters=2 output_filters=4", "8x8x3", (8, 8, 4), 162, 8, 0, 64 * 162),
    ("crnn hidden=2 output=4 size=1 batch_normalize=1", "8x8x3", (8, 8, 4), 18 + 8, 8, 16, 64 * 18),
    ("conv_lstm output=2 pad=1", "4x4x3", (4, 4, 2), 4 * 9 * (6 + 4), 16, 0, 16 * 360),
    ("conv_lstm output=2 pad=1 peephole=1", "4x4x3", (4, 4, 2), 360 + 3 * 36, 22, 0, 16 * 468),
    ("conv_lstm output=2 pad=1 bottleneck=1", "4x4x3", (4, 4, 2), 72 + 216, 10, 0, 16 * 288),
]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "size", "output", "weights", "biases", "statistics", "macs"),
    ONE,
    ids=[case[0] for case in ONE],
)
def test_a_section(
    net: Net,
    section: str,
    size: str,
    output: tuple[int, ...],
    weights: int,
    biases: int,
    statistics: int,
    macs: int,
) -> None:
    trace = net(section, size=size)
    assert [*outputs(trace).values()][-1] == output
    totals = trace.totals
    assert (totals.weights, totals.biases) == (weights, biases)
    assert (totals.non_trainable, totals.macs) == (statistics, macs)
    assert trace.complete


def test_names_have_the_number_that_darknet_prints(net: Net) -> None:
    trace = net(
        "convolutional filters=2 batch_normalize=1 activation=leaky",
        "max size=2 stride=2",
        "route layers=-1,0",
        "connected output=3 activation=ramp",
        size="1x1x3",
    )
    assert list(outputs(trace)) == [
        "conv_0", "batch_norm_0", "leaky_0", "maxpool_1", "route_2", "connected_3", "leaky_relu_3",
        "ramp_3",
    ]  # fmt: skip


def test_an_image_of_1x1_comes_out_of_dense_layers(net: Net) -> None:
    sections = "connected output=6", "convolutional filters=4", "lstm output=8"
    trace = net(*sections, "crnn output=2 pad=1", size="4")
    named = outputs(trace)
    assert (named["image_1"], named["conv_1"]) == ((1, 1, 6), (1, 1, 4))
    assert (named["lstm_2"], named["crnn_3"]) == ((8,), (1, 1, 2))
    assert trace.totals.weights == 24 + 24 + 4 * (4 * 8 + 8 * 8) + 9 * (8 + 1 + 2)


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("section", ["convolutional filters=2 size=3 pad=1", "maxpool size=3"])
def test_antialiasing_moves_the_stride_into_a_blur(net: Net, section: str, which: int) -> None:
    trace = net(
        f"{section} stride=2 activation=linear antialiasing={which}",
        "convolutional activation=linear",
        size="9x8x2",
    )
    named = outputs(trace)
    # a blur of 3x3 with a border of 1, or of 2x2 without
    blurred = {1: (windows(9, 3, 2, 2), windows(8, 3, 2, 2)), 2: (4, 4)}[which]
    first = named.get("conv_0") or named["maxpool_0"]
    assert first == (9, 8, 2)
    assert named["blur_0"] == (*blurred, 2)
    assert named["conv_1"] == (*blurred, 1)
    assert trace.totals.parameters == (38 if "conv" in section else 0) + 3


def test_a_blur_is_the_filter_121(net: Net) -> None:
    trace = net("maxpool size=1 stride=2 antialiasing=1", size="5x6x1")
    image = np.random.default_rng(1).standard_normal((1, 1, 5, 6))
    made = last(trace, image)
    bordered = np.pad(image[0, 0], 1)
    filter_ = np.outer((1, 2, 1), (1, 2, 1)) / 16
    for i, j in product(range(3), range(3)):
        seen = bordered[2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        assert made[0, 0, i, j] == pytest.approx((seen * filter_).sum())


# -- activations -----------------------------------------------------------------------------------

X = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
ACTIVATIONS = {  # Darknet's functions, written out
    "linear": X,
    "logistic": 1 / (1 + np.exp(-X)),
    "loggy": 2 / (1 + np.exp(-X)) - 1,
    "relu": X * (X > 0),
    "relu6": np.clip(X, 0, 6),
    "leaky": np.where(X > 0, X, 0.1 * X),
    "relie": np.where(X > 0, X, 0.01 * X),
    "ramp": X * (X > 0) + 0.1 * X,
    "swish": X / (1 + np.exp(-X)),
    "mish": X * np.tanh(np.log1p(np.exp(X))),
    "tanh": np.tanh(X),
    "hardtan": np.clip(X, -1, 1),
    "elu": np.where(X >= 0, X, np.exp(X) - 1),
}


@pytest.mark.parametrize("word", ACTIVATIONS)
def test_activations_are_darknets(net: Net, word: str) -> None:
    trace = net(f"activation activation={word}", size="5")
    made = last(trace, X)
    assert made.ravel() == pytest.approx(ACTIVATIONS[word], abs=1e-12)


@pytest.mark.parametrize("word", ["lhtan", "plse", "stair", "hard_mish", "normalize_channels"])
def test_activations_without_a_kind_are_operations_that_keep_the_volume(
    net: Net, word: str
) -> None:
    trace = net(f"convolutional filters=2 activation={word}")
    assert trace[f"{word}_0"].kind == "operation"
    assert trace.output == (8, 8, 2)
    assert trace.complete


def test_an_activation_that_darknet_does_not_know_is_told(net: Net) -> None:
    trace = net("convolutional filters=2 activation=laeky")
    (found,) = trace.diagnostics
    assert (found.code, found.line, found.hint) == ("SC104", 7, "leaky?")
    assert trace["relu_0"].output == (8, 8, 2)  # what Darknet takes


# -- BFLOPS and what is trained --------------------------------------------------------------------


def test_bflops_count_convolutions_windows_and_shortcuts(net: Net) -> None:
    sections = [
        ("convolutional filters=4 size=3 pad=1", 2 * 64 * 4 * 27),
        ("convolutional filters=4 size=3 pad=1 xnor=1", 2 * 64 * 4 * 36 / 32),
        ("shortcut from=-2", 64 * 4),
        ("shortcut from=-2,-3 weights_type=per_feature", 64 * 4 * 2 * 2),
        ("maxpool size=3 stride=2", 9 * 4 * 4 * 4),
        ("maxpool maxpool_depth=1 size=2 out_channels=2", 4 * 4 * 16),
        ("crnn hidden=3 output=4 size=1", 2 * 16 * (6 + 9 + 12)),
        ("upsample", 0),
        ("connected output=10", 0),
        ("softmax", 0),
    ]
    counted = 0.0
    for n in range(1, len(sections) + 1):
        counted += sections[n - 1][1]
        assert bflops(net(*[s for s, _ in sections[:n]])) == pytest.approx(counted / 1e9)
    assert bflops(net("convolutional filters=2", size="0x0x3")) is None


def test_what_is_not_trained_is_frozen(net: Net) -> None:
    conv = "convolutional filters=4 batch_normalize=1"
    own = 3 * 4 + 8, 4 * 4 + 8, 4 * 4 + 8
    assert net(conv, conv, conv).totals.frozen == 0
    assert net(conv, conv, f"{conv} stopbackward=1").totals.frozen == own[0] + own[1]
    assert net(conv, f"{conv} dont_update=1", conv).totals.frozen == own[1]
    assert net(conv, f"{conv} train_only_bn=1").totals.frozen == 3 * 4 + 4 * 4
