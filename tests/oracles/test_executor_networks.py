"""Whole networks in the executor and in PyTorch: the same weights, and every gradient compared.

PyTorch's modules run their layers in the order of the spec file, so weights are handed over in
order. Everything is float64; the largest difference is at most 1e-10 of the largest value of the
tensor; a tensor far smaller than the others, such as the gradient of a bias whose sum a batch norm
subtracts again, is 0 but for rounding, and is compared with theirs. Where the architecture allows
it the input is smaller than the published one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from shapecalc import trace
from shapecalc.executor import Result, run
from shapecalc.readers import native

torch = pytest.importorskip("torch")

import reference_networks as reference  # noqa: E402 - it needs torch

nn = torch.nn
FOLDER = Path(__file__).resolve().parents[2] / "specs" / "networks"
LIMIT = 1e-10
NOTHING = 1e-8  # of the usual size of a gradient
Data = dict[str, Any]


class Network(NamedTuple):
    """A spec file, PyTorch's module, and what both are run on; input depth last."""

    name: str
    build: Callable[[], Any]
    input: tuple[int, ...]
    batch: int = 1
    training: bool = True
    change: Callable[[Data], None] = lambda data: None


def with_average_of(size: int) -> Callable[[Data], None]:
    """Return what makes GoogLeNet's last pool as large as what a smaller input leaves."""

    def change(data: Data) -> None:
        (pool,) = (layer["avg_pool"] for layer in data["layers"] if "avg_pool" in layer)
        pool["F"] = size

    return change


def smaller_googlenet(size: int) -> Any:
    """Return GoogLeNet with a last pool of another size."""
    module = reference.googlenet()
    for index, part in enumerate(module):
        if isinstance(part, nn.AvgPool2d):
            module[index] = nn.AvgPool2d(size, 1)
    return module


def trained_and_used(name: str, build: Callable[[], Any], *more: Any) -> Iterator[Network]:
    """Yield a network with batch norms twice, in training and in inference."""
    for training in (True, False):
        yield Network(name, build, *more, training=training)


NETWORKS = {
    f"{network.name}, {'training' if network.training else 'inference'}": network
    for network in (
        Network("kth-mnist-convnet", reference.mnist_convnet, (28, 28, 1), 3),
        Network("alexnet", reference.alexnet, (227, 227, 3)),
        Network("vgg-16", reference.vgg16, (224, 224, 3)),
        Network(
            "googlenet", partial(smaller_googlenet, 3), (96, 96, 3), 2, True, with_average_of(3)
        ),
        Network("convnext-tiny", reference.convnext_tiny, (64, 64, 3), 2),
        Network("u-net", reference.unet, (188, 188, 1)),
        *trained_and_used("resnet-18", partial(reference.resnet, 18), (64, 64, 3), 2),
        *trained_and_used("resnet-50", partial(reference.resnet, 50), (64, 64, 3), 2),
        *trained_and_used("mobilenet-v2", reference.mobilenet_v2, (64, 64, 3), 2),
        *trained_and_used("densenet-121", reference.densenet121, (64, 64, 3), 2),
        *trained_and_used("mobilenet-v3-large", reference.mobilenet_v3_large, (64, 64, 3), 2),
        *trained_and_used("mobilenet-v3-small", reference.mobilenet_v3_small, (64, 64, 3), 2),
        *trained_and_used("efficientnet-b0", reference.efficientnet_b0, (64, 64, 3), 2),
        Network("wavenet", reference.wavenet, (700, 256)),
        *trained_and_used("shufflenet-v2", reference.shufflenet_v2, (64, 64, 3), 2),
        *trained_and_used("se-resnet-50", reference.se_resnet50, (64, 64, 3), 2),
        Network("segnet", reference.segnet, (45, 60, 3), 2),
        Network("fpn-resnet-50", reference.fpn, (72, 100, 3), 2),
        *trained_and_used("inception-v3", reference.inception_v3, (107, 107, 3), 2),
    )
}


def without_claims(value: Any) -> Any:
    """Return a part of a spec without what it expects, and with dropouts that drop nothing."""
    if isinstance(value, list):
        return [without_claims(item) for item in value]
    if value == "dropout":
        return {"dropout": 0}
    if not isinstance(value, dict):
        return value
    kept = {key: without_claims(item) for key, item in value.items() if key != "expect"}
    if "dropout" in kept:
        fields = kept["dropout"]
        kept["dropout"] = {**(fields if isinstance(fields, dict) else {}), "rate": 0}
    return kept


def spec_of(network: Network) -> Data:
    """Return the spec file's data with the network's input."""
    # PyYAML takes 0x3 for a hexadecimal number
    data = without_claims(native.read_path(FOLDER / f"{network.name}.yaml").data)
    data |= {"input": list(network.input), "batch": network.batch}
    network.change(data)
    return data


def module_of(network: Network) -> Any:
    """Return PyTorch's module in float64: He normal weights, norms that are not the identity."""
    torch.manual_seed(0)
    with torch.device("meta"):
        module = network.build()
    module = module.double().to_empty(device="cpu")
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 1.0  # running statistics are the last batch's
            nn.init.normal_(part.running_mean, 0, 0.1)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
        weight, bias = getattr(part, "weight", None), getattr(part, "bias", None)
        if isinstance(part, nn.BatchNorm2d | nn.LayerNorm | reference.Scale):
            nn.init.uniform_(weight, 0.5, 1.5)
        elif weight is not None:
            fan_in = weight[0].numel()
            if isinstance(part, nn.ConvTranspose2d):  # a pixel of the output sees one tap
                fan_in = weight.shape[0]
            nn.init.normal_(weight, 0, (2 / fan_in) ** 0.5)
        if bias is not None:
            nn.init.normal_(bias, 0, 0.1)
    return module


def parameters_of(module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parameters and running statistics of all layers, in order, by their last name."""
    for part in module.modules():
        own = dict(part.named_parameters(recurse=False)) | dict(part.named_buffers(recurse=False))
        for name, values in own.items():
            if name != "num_batches_tracked":
                yield name, values


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread: its own and NumPy's would wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def run_in_order(module: Any, x: Any) -> tuple[Any, list[Any]]:
    """Return what comes out, and the layers with parameters in the order in which they ran."""
    ran: list[Any] = []
    hooks = [
        part.register_forward_hook(lambda m, given, made: ran.append(m))
        for part in module.modules()
        if any(True for _ in part.parameters(recurse=False))
    ]
    y = module(x)
    for hook in hooks:
        hook.remove()
    return y, ran


class Both(NamedTuple):
    """What the two computed: PyTorch's outputs and gradients under the executor's names."""

    result: Result
    theirs: dict[str, Any]


def compute(network: Network, off: float = 1.0) -> Both:
    """Run a network in both; `off` scales the upstream gradient that PyTorch gets."""
    module = module_of(network)
    rng = np.random.default_rng(0)
    *spatial, depth = network.input
    inputs = rng.standard_normal((network.batch, depth, *spatial))
    x = torch.from_numpy(inputs).requires_grad_()
    traced = trace(spec_of(network))
    assert not [item for item in traced.diagnostics if item.severity == "error"], traced
    records = [record for record in traced.layers if record.parameters]
    logits, layers = run_in_order(module.train(), x)
    if not network.training:  # the pass before was to set the running statistics
        logits = module.eval()(x)
    named = {
        f"{record.name}.{name}": values
        for record, part in zip(records, layers, strict=True)
        for name, values in parameters_of(part)
    }
    made = logits if isinstance(logits, tuple) else (torch.softmax(logits, 1),)
    outputs = dict(zip(traced.outputs, made, strict=True))
    # small probabilities make small gradients: the upstream gradient is as large as they are small
    above = {
        name: rng.standard_normal(y.shape) / float(y.detach().abs().max())
        for name, y in outputs.items()
    }
    torch.autograd.backward(made, [torch.from_numpy(above[name]) * off for name in outputs])
    theirs = {name: y.detach() for name, y in outputs.items()} | {"input": x.grad}
    theirs |= {name: values.grad for name, values in named.items() if values.requires_grad}
    result = run(
        traced,
        inputs=inputs,
        parameters={name: values.detach().numpy() for name, values in named.items()},
        upstream=above,
        training=network.training,
        keep="outputs",
    )
    return Both(result, theirs)


def largest_of(array: Any) -> float:
    """Return the largest absolute value, without a copy: some arrays take a gigabyte."""
    return float(max(array.max(), -array.min()))


def differences(both: Both) -> Iterator[str]:
    """Say which tensors are missing, all zero, or differ."""
    ours = dict(both.result.gradients) | dict(both.result.outputs)
    sizes = {name: largest_of(tensor.numpy()) for name, tensor in both.theirs.items()}
    usual = float(np.median([*sizes.values()]))
    for name, tensor in both.theirs.items():
        theirs, largest = tensor.numpy(), sizes[name]
        if largest < NOTHING * usual and name.endswith(".bias"):
            largest = usual
        if name not in ours:
            yield f"{name} is missing"
        elif largest < NOTHING * usual:
            yield f"{name} is as good as zero: {largest:.1e}, usual {usual:.1e}"
        elif ours[name].shape != theirs.shape:
            yield f"{name} is {ours[name].shape}, PyTorch {theirs.shape}"
        elif not (far := largest_of(ours[name] - theirs) / largest) <= LIMIT:
            yield f"{name} differs by {far:.1e} of {largest:.1e}"


@pytest.mark.parametrize("title", NETWORKS)
def test_outputs_and_gradients_agree(title: str) -> None:
    assert list(differences(compute(NETWORKS[title]))) == []


def test_a_wrong_gradient_is_noticed() -> None:
    both = compute(NETWORKS["kth-mnist-convnet, training"], off=1 + 1e-8)
    found = {difference.split(" ")[0] for difference in differences(both)}
    assert found == {"input", *(name for name in both.theirs if "." in name)}
