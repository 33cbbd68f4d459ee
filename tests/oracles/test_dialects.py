"""What other tools print, against the tools themselves: whole networks, and each kind by itself."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from shapecalc import trace
from shapecalc.reports.dialects import DIALECTS

torch = pytest.importorskip("torch")

import reference_networks as reference  # noqa: E402 - it needs torch

nn = torch.nn
FOLDER = Path(__file__).resolve().parents[2] / "specs" / "networks"


class UNetOfModules(reference.UNet):
    """The U-Net with its pools as modules: ptflops counts those twice, functions once."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x: Any) -> Any:
        skips: list[Any] = []
        for down in self.down:
            x = down(self.pool(x) if skips else x)
            skips.append(x)
        for up, merged, skip in zip(self.up, self.merged, skips[-2::-1], strict=True):
            x = up(x)
            p = (skip.shape[2] - x.shape[2]) // 2
            x = merged(torch.cat([skip[:, :, p:-p, p:-p], x], dim=1))
        return self.head(x)


NETWORKS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "alexnet": (reference.alexnet, (3, 227, 227)),
    "resnet-50": (partial(reference.resnet, 50), (3, 224, 224)),
    "mobilenet-v2": (reference.mobilenet_v2, (3, 224, 224)),
    "u-net": (UNetOfModules, (1, 188, 188)),
}


def by_torchinfo(module: Any, shape: tuple[int, ...]) -> dict[str, str]:
    torchinfo = pytest.importorskip("torchinfo")
    found = torchinfo.summary(module, (1, *shape), verbose=0, device="cpu")
    lines = (line.rpartition(": ") for line in str(found).splitlines() if ": " in line)
    printed = {title: number for title, _, number in lines}
    scaled = {t: n for t, n in printed.items() if t.startswith("Total mult-adds")}
    for title, number in scaled.items():  # Total mult-adds (Units.GIGABYTES): 4.09
        unit = title.partition(".")[2][:1] or title.partition("(")[2][:1]
        printed["Total mult-adds"] = f"{number} ({unit})"
    return printed | {"mult-adds": str(found.total_mult_adds)}


def by_thop(module: Any, shape: tuple[int, ...]) -> dict[str, str]:
    thop = pytest.importorskip("thop")
    macs, params = thop.profile(module, (torch.zeros(1, *shape),), verbose=False)
    return {"macs": str(float(macs)), "params": str(float(params))}


def by_ptflops(module: Any, shape: tuple[int, ...]) -> dict[str, str]:
    # It looks for a module of torchvision's, which not every build of PyTorch can load.
    with patch.dict(sys.modules, {"torchvision": None, "torchvision.ops": None}):
        ptflops = pytest.importorskip("ptflops")
    ask = partial(ptflops.get_model_complexity_info, module, shape, print_per_layer_stat=False)
    macs, parameters = ask()
    return {
        "Computational complexity": macs,
        "Number of parameters": parameters,
        "macs": str(ask(as_strings=False)[0]),
    }


def by_fvcore(module: Any, shape: tuple[int, ...]) -> dict[str, str]:
    fvcore = pytest.importorskip("fvcore.nn")
    analysis = fvcore.FlopCountAnalysis(module, torch.zeros(1, *shape))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {
        "FlopCountAnalysis.total()": str(int(analysis.total())),
        "parameter_count()": str(fvcore.parameter_count(module)[""]),
    }


TOOLS: dict[str, Callable[[Any, tuple[int, ...]], dict[str, str]]] = {
    "torchinfo": by_torchinfo, "thop": by_thop, "ptflops": by_ptflops, "fvcore": by_fvcore,
}  # fmt: skip
EXACT = {"Total mult-adds": "mult-adds", "Computational complexity": "macs"}


def compare(tool: str, traced: Any, module: Any, shape: tuple[int, ...]) -> None:
    """Compare every figure with what the tool says, and each sum with its terms."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        theirs = TOOLS[tool](module, shape)
    for figure in DIALECTS[tool](traced):
        assert figure.printed == theirs[figure.title], figure
        if figure.title in EXACT:
            assert str(figure.value) == theirs[EXACT[figure.title]], figure
        assert figure.ours is not None
        assert figure.value == figure.ours + sum(term.value for term in figure.terms)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_count_as_the_tool_says(name: str, tool: str) -> None:
    build, shape = NETWORKS[name]
    depth, *sizes = shape
    traced = trace(FOLDER / f"{name}.yaml", inputs=(*sizes, depth))
    module = nn.Sequential(build(), nn.Softmax(1)).eval()
    assert traced.layers[-1].kind == "softmax"
    compare(tool, traced, module, shape)


# -- every kind that has a module ------------------------------------------------------------------


class Case(NamedTuple):
    """A layer, the module, and the input depth last."""

    layer: Any
    module: Callable[[], Any]
    volume: tuple[int, ...] = (8, 6, 4)


CASES = [
    Case({"conv": {"K": 6, "F": 3, "groups": 2}}, lambda: nn.Conv2d(4, 6, 3, groups=2)),
    Case({"conv": {"K": 6, "F": 3, "bias": False}}, lambda: nn.Conv1d(4, 6, 3, bias=False), (9, 4)),
    Case({"depthwise_conv": 3}, lambda: nn.Conv2d(4, 4, 3, groups=4)),
    Case(
        {"conv_transpose": {"K": 6, "F": 3, "S": 2, "groups": 2}},
        lambda: nn.ConvTranspose2d(4, 6, 3, 2, groups=2),
    ),
    Case({"conv_transpose": {"K": 6, "F": 2}}, lambda: nn.ConvTranspose1d(4, 6, 2), (9, 4)),
    Case({"dense": 5}, lambda: nn.Linear(7, 5), (7,)),
    Case({"dense": {"units": 5, "bias": False}}, lambda: nn.Linear(7, 5, bias=False), (7,)),
    Case("batch_norm", lambda: nn.BatchNorm2d(4)),
    Case({"batch_norm": {"affine": False}}, lambda: nn.BatchNorm2d(4, affine=False)),
    Case("instance_norm", lambda: nn.InstanceNorm2d(4, affine=True)),
    Case({"group_norm": 2}, lambda: nn.GroupNorm(2, 4)),
    Case({"layer_norm": {"over": "all"}}, lambda: nn.LayerNorm([4, 8, 6])),
    Case("rms_norm", lambda: nn.RMSNorm(7), (7,)),
    Case({"lrn": 3}, lambda: nn.LocalResponseNorm(3)),
    Case({"max_pool": 2}, lambda: nn.MaxPool2d(2)),
    Case({"max_pool": 2}, lambda: nn.MaxPool1d(2), (8, 4)),
    Case({"avg_pool": 2}, lambda: nn.AvgPool2d(2)),
    Case({"l2_pool": 2}, lambda: nn.LPPool2d(2, 2)),
    Case({"adaptive_avg_pool": "4x3"}, lambda: nn.AdaptiveAvgPool2d((4, 3))),
    Case({"adaptive_avg_pool": 3}, lambda: nn.AdaptiveAvgPool1d(3), (9, 4)),
    Case({"adaptive_max_pool": 2}, lambda: nn.AdaptiveMaxPool2d(2)),
    Case("global_avg_pool", lambda: nn.AdaptiveAvgPool2d(1)),
    Case("global_max_pool", lambda: nn.AdaptiveMaxPool2d(1)),
    Case({"upsample": 2}, lambda: nn.Upsample(scale_factor=2)),
    Case({"upsample": 2}, lambda: nn.Upsample(scale_factor=2), (9, 4)),
    Case(
        {"upsample": {"scale": 2, "mode": "bilinear"}},
        lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    ),
    Case({"prelu": {"slopes": "per_slice"}}, lambda: nn.PReLU(4)),
    Case("softmax", lambda: nn.Softmax(1)),
    Case("log_softmax", lambda: nn.LogSoftmax(1)),
    Case({"dropout": 0.5}, lambda: nn.Dropout(0.5)),
    Case("flatten", nn.Flatten),
    Case({"pixel_shuffle": 2}, lambda: nn.PixelShuffle(2)),
    Case({"channel_shuffle": 2}, lambda: nn.ChannelShuffle(2)),
    *(
        Case(kind, module)
        for kind, module in {
            "relu": nn.ReLU, "relu6": nn.ReLU6, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU,
            "silu": nn.SiLU, "mish": nn.Mish, "hard_sigmoid": nn.Hardsigmoid, "elu": nn.ELU,
            "hard_swish": nn.Hardswish, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "selu": nn.SELU,
            "softplus": nn.Softplus, "hard_tanh": nn.Hardtanh, "softsign": nn.Softsign,
            "identity": nn.Identity,
        }.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_every_kind_counts_as_the_tool_says(tool: str) -> None:
    for case in CASES:
        *sizes, depth = case.volume
        spec = {"input": list(case.volume), "rounding": "floor", "layers": [case.layer]}
        module = nn.Sequential(case.module()).eval()
        try:
            compare(tool, trace(spec), module, (depth, *sizes))
        except Exception as error:
            raise AssertionError(f"{tool}, {case.layer} on {case.volume}") from error


# -- Keras and Darknet -----------------------------------------------------------------------------


def keras_layer(keras: Any, record: Any) -> Any:
    """Return the layer of Keras whose parameters are counted; None of one that has none."""
    layer, kind = record.layer, record.kind
    if kind == "conv":
        return keras.layers.Conv2D(layer.K, layer.F, groups=layer.groups, use_bias=layer.bias)
    if kind == "depthwise_conv":
        return keras.layers.DepthwiseConv2D(layer.F, use_bias=layer.bias)
    if kind == "conv_transpose":
        return keras.layers.Conv2DTranspose(layer.K, layer.F, layer.S)
    if kind == "dense":
        return keras.layers.Dense(layer.units)
    return keras.layers.BatchNormalization() if kind == "batch_norm" else None


@pytest.mark.parametrize("name", NETWORKS)
def test_keras_counts_as_keras_does(name: str) -> None:
    keras = pytest.importorskip("keras")
    traced = trace(FOLDER / f"{name}.yaml")
    trained = fixed = 0
    for record in traced:
        layer = keras_layer(keras, record)
        if layer is not None:
            volume = record.input[0] if record.kind != "dense" else (record.weights // layer.units,)
            layer.build((None, *volume))
            trained += sum(prod(weight.shape) for weight in layer.trainable_weights)
            fixed += layer.count_params()
    fixed -= trained
    found = [figure.value for figure in DIALECTS["keras"](traced)]
    assert found == [trained + fixed, trained, fixed]


@pytest.mark.parametrize("frozen", [False, True])
def test_keras_summary_is_printed_so(frozen: bool) -> None:
    keras = pytest.importorskip("keras")
    layers = [
        keras.Input((32, 32, 3)),
        keras.layers.Conv2D(200, 5),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(1000),
    ]
    model = keras.Sequential(layers)
    model.layers[0].trainable = not frozen
    lines: list[str] = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    said = [line.strip().partition(": ") for line in "\n".join(lines).splitlines()]
    printed = {title: number for title, colon, number in said if colon and "params" in title}
    figures = {figure.title: figure.printed for figure in DIALECTS["keras"](trace(model))}
    assert figures == printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [("yolov3", "65.879"), ("yolov3-tiny", "5.571"), ("darknet-53", "18.5")],
)
def test_darknet_s_known_numbers(name: str, printed: str) -> None:
    """What darknet prints of yolov3.cfg and yolov3-tiny.cfg, and the 18.5 of its page on
    Darknet-53, whose last layer is a convolution there.
    """
    (figure,) = DIALECTS["darknet"](trace(FOLDER / f"{name}.yaml"))
    assert figure.printed.startswith(printed)
