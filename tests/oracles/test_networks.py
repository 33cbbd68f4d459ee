"""The files in specs/networks against the same networks in PyTorch.

Compared are the totals, the output volume and, in the order of execution, every layer that has
weights or running statistics. The modules live on the meta device: sizes without memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shapecalc import trace

torch = pytest.importorskip("torch")

import reference_networks as reference  # noqa: E402 - it needs torch

nn = torch.nn
FOLDER = Path(__file__).resolve().parents[2] / "specs" / "networks"
COUNTED = {
    "conv": (nn.Conv1d, nn.Conv2d),
    "depthwise_conv": (),  # PyTorch's convolutions with as many groups as slices
    "conv_transpose": (nn.ConvTranspose2d,),
    "dense": (nn.Linear,),
    "batch_norm": (nn.BatchNorm2d,),
    "layer_norm": (nn.LayerNorm,),
    "scale": (reference.Scale,),
}


class Network(NamedTuple):
    """How to build a network, its input depth first, and its published number of parameters."""

    build: Callable[[], Any]
    input: tuple[int, ...]
    published: int | None = None  # the paper's, torchvision's or Keras' figure, never shapecalc's


class Row(NamedTuple):
    """What is compared of a layer."""

    output: tuple[int, ...]
    weights: int
    biases: int
    non_trainable: int
    macs: int


class Count(NamedTuple):
    """What is compared of a network."""

    outputs: list[tuple[int, ...]]
    rows: list[Row]
    totals: dict[str, int]


def five_layers(activation: type[Any]) -> Any:
    """784-200-100-60-30-10 with dropout."""
    sizes = (784, 200, 100, 60, 30, 10)
    return reference.multilayer(*sizes, activation=activation, rate=0.25)


PHOTO = (3, 224, 224)
NETWORKS = {
    "alexnet": Network(reference.alexnet, (3, 227, 227), 62_378_344),
    "alexnet-groups": Network(reference.alexnet_groups, (3, 227, 227), 60_965_224),
    "alexnet-224": Network(reference.alexnet_224, PHOTO, 61_100_840),
    "convnext-tiny": Network(reference.convnext_tiny, PHOTO, 28_589_128),
    "cs231n-pattern": Network(reference.cs231n_pattern, (3, 32, 32)),
    "darknet-53": Network(reference.darknet53, (3, 256, 256), 41_609_928),
    "densenet-121": Network(reference.densenet121, PHOTO, 7_978_856),
    "dncnn": Network(reference.dncnn, (1, 50, 70)),
    "efficientnet-b0": Network(reference.efficientnet_b0, PHOTO, 5_288_548),
    "fpn-resnet-50": Network(reference.fpn, (3, 200, 333), 26_852_416),
    "googlenet": Network(reference.googlenet, PHOTO),
    "inception-v3": Network(reference.inception_v3, (3, 299, 299), 23_834_568),
    "kth-five-layer-relu": Network(partial(five_layers, nn.ReLU), (784,)),
    "kth-five-layer-sigmoid": Network(partial(five_layers, nn.Sigmoid), (784,)),
    "kth-mnist-convnet": Network(reference.mnist_convnet, (1, 28, 28), 3_274_634),
    "kth-softmax": Network(partial(reference.multilayer, 784, 10), (784,), 7_850),
    "kth-x-or-o": Network(reference.x_or_o, (1, 9, 9)),
    "lenet-5": Network(reference.lenet5, (1, 32, 32), 61_706),
    "mit-arrhythmia-1d": Network(reference.arrhythmia_1d, (1, 10)),
    "mobilenet-v1": Network(reference.mobilenet_v1, PHOTO, 4_231_976),
    "mobilenet-v2": Network(reference.mobilenet_v2, PHOTO, 3_504_872),
    "mobilenet-v3-large": Network(reference.mobilenet_v3_large, PHOTO, 5_483_032),
    "mobilenet-v3-small": Network(reference.mobilenet_v3_small, PHOTO, 2_542_856),
    "resnet-18": Network(partial(reference.resnet, 18), PHOTO, 11_689_512),
    "resnet-34": Network(partial(reference.resnet, 34), PHOTO, 21_797_672),
    "resnet-50": Network(partial(reference.resnet, 50), PHOTO, 25_557_032),
    "resnet-101": Network(partial(reference.resnet, 101), PHOTO, 44_549_160),
    "resnet-152": Network(partial(reference.resnet, 152), PHOTO, 60_192_808),
    "se-resnet-50": Network(reference.se_resnet50, PHOTO, 28_088_024),
    "segnet": Network(reference.segnet, (3, 90, 120)),
    "shufflenet-v2": Network(reference.shufflenet_v2, PHOTO, 2_278_604),
    "squeezenet": Network(reference.squeezenet, (3, 227, 227), 1_248_424),
    "u-net": Network(reference.unet, (1, 572, 572)),
    "vgg-16": Network(reference.vgg16, PHOTO, 138_357_544),
    "vgg-19": Network(reference.vgg19, PHOTO, 143_667_240),
    "wavenet": Network(reference.wavenet, (256, 4000)),
    "yolov3": Network(reference.Yolo3, (3, 416, 416), 61_949_149),
    "yolov3-tiny": Network(reference.Yolo3Tiny, (3, 416, 416), 8_852_366),
    "zfnet": Network(reference.zfnet, PHOTO, 62_357_608),
}


def volume(tensor: Any) -> tuple[int, ...]:
    """The volume of a batch of one, depth last."""
    _, depth, *sizes = tensor.shape
    return (*sizes, depth)


def row(module: Any, given: Any, made: Any) -> Row:
    """Count one module from its own tensors and what went in and came out."""
    sizes = {name: parameter.numel() for name, parameter in module.named_parameters()}
    running = [buffer.numel() for name, buffer in module.named_buffers() if "running" in name]
    depth_last = isinstance(module, nn.LayerNorm | nn.Linear)
    output = tuple(made.shape[1:]) if depth_last else volume(made)
    if isinstance(module, nn.BatchNorm2d | nn.LayerNorm | reference.Scale):
        macs = 0
    else:
        # every value of the input of a transposed convolution, of the output of others, costs one
        # filter's weights per channel
        positions = given if isinstance(module, nn.ConvTranspose2d) else made
        macs = positions.numel() * prod(module.weight.shape[1:])
    return Row(output, sizes.get("weight", 0), sizes.get("bias", 0), sum(running), macs)


@cache
def from_torch(build: Callable[[], Any], shape: tuple[int, ...]) -> Count:
    """Run the module without data and count what ran."""
    counted = tuple(part for parts in COUNTED.values() for part in parts)
    rows: list[Row] = []
    with torch.device("meta"):
        module = build().eval()
        for part in module.modules():
            if isinstance(part, counted):
                part.register_forward_hook(lambda m, x, y: rows.append(row(m, x[0], y)))
        with torch.no_grad():
            made = module(torch.empty(1, *shape))
    named = {name: parameter.numel() for name, parameter in module.named_parameters()}
    biases = sum(size for name, size in named.items() if name.endswith("bias"))
    buffers = {name: buffer.numel() for name, buffer in module.named_buffers()}
    totals = {
        "weights": sum(named.values()) - biases,
        "biases": biases,
        "parameters": sum(named.values()),
        "non_trainable": sum(size for name, size in buffers.items() if "running" in name),
        "macs": sum(part.macs for part in rows),
    }
    outputs = made if isinstance(made, tuple) else (made,)
    return Count([*map(volume, outputs)], rows, totals)


@cache
def from_spec(name: str, shape: tuple[int, ...]) -> Count:
    """What shapecalc says of the spec file, whose own size counts if it has one."""
    path = FOLDER / f"{name}.yaml"
    traced = trace(path)
    if any(None in volume for volume in traced.inputs.values() if volume):
        traced = trace(path, inputs=[*shape[1:], shape[0]])
    result = traced.to_dict()
    assert [item for item in result["diagnostics"] if item["severity"] == "error"] == []
    rows = [
        Row(tuple(record["output"]), *(record[field] for field in Row._fields[1:]))
        for record in result["layers"]
        if record["kind"] in COUNTED
    ]
    return Count([*map(tuple, result["outputs"].values())], rows, result["totals"])


def differences(name: str, network: Network) -> Iterator[str]:
    """Say where the file and the module disagree."""
    spec, torch_count = from_spec(name, network.input), from_torch(network.build, network.input)
    if spec.outputs != torch_count.outputs:
        yield f"outputs {spec.outputs}, PyTorch {torch_count.outputs}"
    for field, value in torch_count.totals.items():
        if spec.totals[field] != value:
            yield f"{field} {spec.totals[field]}, PyTorch {value}"
    if len(spec.rows) != len(torch_count.rows):
        yield f"{len(spec.rows)} layers, PyTorch {len(torch_count.rows)}"
    for index, (ours, theirs) in enumerate(zip(spec.rows, torch_count.rows, strict=False)):
        if ours != theirs:
            yield f"layer {index}: {ours}, PyTorch {theirs}"


@pytest.mark.parametrize("name", NETWORKS)
def test_file_and_module_agree(name: str) -> None:
    assert list(differences(name, NETWORKS[name])) == []


@pytest.mark.parametrize("name", [name for name, network in NETWORKS.items() if network.published])
def test_module_has_the_published_parameters(name: str) -> None:
    network = NETWORKS[name]
    assert from_torch(network.build, network.input).totals["parameters"] == network.published


def test_every_file_is_compared() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(NETWORKS)


@pytest.mark.parametrize(
    ("name", "wrong", "found"),
    [
        ("alexnet", Network(reference.alexnet_groups, (3, 227, 227)), "parameters"),
        ("resnet-50", Network(partial(reference.resnet, 50), (3, 256, 256)), "macs"),
        ("squeezenet", Network(reference.mobilenet_v2, PHOTO), "layers"),
        ("u-net", Network(reference.unet, (1, 588, 588)), "output"),
    ],
)
def test_a_different_module_is_noticed(name: str, wrong: Network, found: str) -> None:
    assert any(found in difference for difference in differences(name, wrong))
