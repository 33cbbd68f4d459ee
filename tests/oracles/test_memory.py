"""Memory against what PyTorch's autograd saves, and what its allocator hands out.

Saved tensors are those of torch.autograd.graph.saved_tensors_hooks: parameters and buffers left
out, each storage counted once, whole. Peaks are those of the profiler's allocations. Dropout is
called as a graphics card has it, with a mask of a byte a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial, reduce
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shapecalc import memory, trace
from shapecalc.layers import KINDS

torch = pytest.importorskip("torch")

import reference_networks as reference  # noqa: E402 - it needs torch

F = torch.nn.functional
FOLDER = Path(__file__).resolve().parents[2] / "specs" / "networks"
Tensor = Any
COMPOSITES = {"residual", "parallel", "repeat"}


def saved_bytes(run: Callable[[], Any], parameters: list[Tensor]) -> int:
    """Run forward, and return the bytes that autograd keeps besides the parameters."""
    own = {tensor.untyped_storage().data_ptr() for tensor in parameters}
    seen: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run()
    return sum(seen.values())


# -- every kind alone ------------------------------------------------------------------------------

Parameters = dict[str, Tensor]


class Case(NamedTuple):
    """A layer on the output of a convolution, and the same in PyTorch.

    `sources` are how many convolutions it reads.
    """

    kind: str
    fields: Mapping[str, Any] | None
    volume: tuple[int, ...]
    run: Callable[[list[Tensor], Parameters], Tensor]
    sources: int = 1


LINE, IMAGE, FILM = (6, 4), (6, 5, 4), (4, 4, 6, 4)
LAST = (slice(None), slice(None), slice(1, -1), slice(1, -1))


def of_rank(name: str, x: Tensor) -> Callable[..., Tensor]:
    """Return PyTorch's function for the axes of a tensor: conv2d for `conv`."""
    return getattr(F, f"{name}{x.ndim - 2}d")  # type: ignore[no-any-return]


def windows(name: str, *more: Any, **options: Any) -> Callable[[list[Tensor], Parameters], Tensor]:
    """Return a function with a number of axes in its name, of the parameters if there are any."""

    def run(xs: list[Tensor], parameters: Parameters) -> Tensor:
        return of_rank(name, xs[0])(xs[0], *parameters.values(), *more, **options)

    return run


def padded(sides: list[int], mode: str, then: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return what pads first, by a copy, where PyTorch's operation does not pad so."""
    return lambda xs, parameters: then([F.pad(xs[0], sides, mode)], parameters)


def one(function: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """Return a function of the only input."""
    return lambda xs, parameters: function(xs[0])


def pairs(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a function of all inputs, pair by pair."""
    return lambda xs, parameters: reduce(function, xs)


def separable(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """Two convolutions, one behind the other."""
    depthwise, pointwise, *bias = parameters.values()
    return F.conv2d(F.conv2d(xs[0], depthwise, padding=1, groups=4), pointwise, *bias)


def local(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """Windows as columns, each position multiplied by filters of its own."""
    columns = F.unfold(xs[0], 3).permute(2, 0, 1)
    weight = parameters["weight"].reshape(2, len(columns), -1)
    return torch.bmm(columns, weight.permute(1, 2, 0))


def normalized(name: str, *more: Any) -> Callable[[list[Tensor], Parameters], Tensor]:
    """Return a normalization over the last axis, on which the depth is in such networks."""

    def run(xs: list[Tensor], parameters: Parameters) -> Tensor:
        x = xs[0].movedim(1, -1)
        return getattr(F, name)(x, x.shape[-1:], *parameters.values(), *more)

    return run


def batch_norm(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """PyTorch's batch norm in training."""
    names = ("running_mean", "running_var", "weight", "bias")
    return F.batch_norm(xs[0], *map(parameters.get, names), training=True)


def unpooled(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """A max pool, and its reverse."""
    y, at = F.max_pool2d(xs[0], 2, return_indices=True)
    return F.max_unpool2d(y, at, 2)


def lrn_of(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """PyTorch's local response norm."""
    return F.local_response_norm(xs[0], 3)


def scaled(xs: list[Tensor], parameters: Parameters) -> Tensor:
    """Every slice times its weight."""
    return xs[0] * parameters["weight"].reshape(-1, 1, 1)


ONE_BY_ONE: dict[str, Callable[..., Tensor]] = {
    "relu": F.relu, "gelu": F.gelu, "silu": F.silu, "mish": F.mish, "relu6": F.relu6,
    "hard_sigmoid": F.hardsigmoid, "hard_swish": F.hardswish, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "softplus": F.softplus, "hard_tanh": F.hardtanh, "softsign": F.softsign,
    "exp": torch.exp, "abs": torch.abs, "sqrt": lambda x: torch.sqrt(x), "identity": lambda x: x,
    "glu": partial(F.glu, dim=1), "softmax": partial(F.softmax, dim=1),
    "log_softmax": partial(F.log_softmax, dim=1), "elu": F.elu, "selu": F.selu,
    "leaky_relu": F.leaky_relu, "flatten": lambda x: x.flatten(1),
    "l2_normalize": partial(F.normalize, dim=1),
    "global_max_pool": lambda x: of_rank("adaptive_max_pool", x)(x, 1),
    "global_avg_pool": lambda x: of_rank("adaptive_avg_pool", x)(x, 1),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield a small grid of every kind."""
    for kind, function in ONE_BY_ONE.items():
        for volume in (LINE, IMAGE, FILM):
            yield Case(kind, None, volume, one(function))
    for volume in (LINE, IMAGE, FILM):
        yield Case("conv", {"K": 3, "F": 3, "P": 1}, volume, windows("conv", padding=1))
        pool = {"F": 2, "S": 2, "rounding": "floor"}
        for kind in ("max_pool", "avg_pool"):
            yield Case(kind, pool, volume, windows(kind, 2))
        yield Case("l2_pool", pool, volume, one(lambda x: of_rank("lp_pool", x)(x, 2.0, 2)))
        for size in (1, 2):
            for way in ("max", "avg"):
                name = f"adaptive_{way}_pool"
                yield Case(name, {"output": size}, volume, windows(name, size))
        given = {"K": 3, "F": 2, "S": 2}
        yield Case("conv_transpose", given, volume, windows("conv_transpose", stride=2))
        yield Case("batch_norm", None, volume, batch_norm)
        yield Case("instance_norm", None, volume, lambda xs, own: F.instance_norm(xs[0], **own))
        yield Case("instance_norm", {"affine": False}, volume, one(F.instance_norm))
        yield Case(
            "group_norm", {"groups": 2}, volume, lambda xs, own: F.group_norm(xs[0], 2, **own)
        )
        yield Case("layer_norm", None, volume, normalized("layer_norm"))
        yield Case("rms_norm", None, volume, normalized("rms_norm"))
        yield Case("lrn", {"size": 3}, volume, lrn_of)
        yield Case(
            "prelu", {"slopes": "per_slice"}, volume, lambda xs, own: F.prelu(xs[0], *own.values())
        )
        yield Case(
            "dropout", {"rate": 0.3}, volume, one(lambda x: torch.native_dropout(x, 0.3, True)[0])
        )
    yield Case("rms_norm", {"weight": False}, IMAGE, normalized("rms_norm"))
    yield Case(
        "layer_norm",
        {"over": "all"},
        IMAGE,
        lambda xs, own: F.layer_norm(xs[0], (4, 6, 5), *own.values()),
    )
    for mode in ("reflect", "replicate", "circular"):
        fields = {"K": 3, "F": 3, "P": 1, "mode": mode}
        yield Case("conv", fields, IMAGE, padded([1] * 4, mode, windows("conv")))
        yield Case(
            "pad", {"P": 1, "mode": mode}, IMAGE, one(partial(F.pad, pad=[1] * 4, mode=mode))
        )
    same = {"K": 3, "F": 2, "P": "same"}
    yield Case("conv", same, IMAGE, windows("conv", padding="same"))
    yield Case(
        "conv",
        {**same, "F": 3, "S": 2},
        (6, 6, 4),
        padded([0, 1] * 2, "constant", windows("conv", stride=2)),
    )
    yield Case("depthwise_conv", {"F": 3}, IMAGE, windows("conv", groups=4))
    yield Case("separable_conv", {"K": 3, "F": 3, "P": 1}, IMAGE, separable)
    yield Case("local_conv", {"K": 2, "F": 3, "bias": False}, IMAGE, local)
    yield Case(
        "max_pool",
        {"F": 2, "P": "same"},
        (5, 5, 4),
        padded([0, 1] * 2, "constant", windows("max_pool", 2)),
    )
    yield Case(
        "dense", {"units": 3}, IMAGE, lambda xs, own: F.linear(xs[0].flatten(1), *own.values())
    )
    yield Case("reshape", {"output": "30x4"}, IMAGE, one(lambda x: x.reshape(-1, 4, 30)))
    yield Case("pad", {"P": 1}, IMAGE, one(lambda x: F.pad(x, [1] * 4)))
    yield Case("crop", {"P": 1}, IMAGE, one(lambda x: x[LAST]))
    yield Case("scale", None, IMAGE, scaled)
    yield Case("scale", {"weight": 2.0}, IMAGE, one(lambda x: x * 2.0))
    for mode in ("nearest", "bilinear"):
        fields = {"scale": 2, "mode": mode}
        yield Case(
            "upsample", fields, IMAGE, one(partial(F.interpolate, scale_factor=2, mode=mode))
        )
    yield Case("channel_shuffle", {"groups": 2}, IMAGE, one(partial(F.channel_shuffle, groups=2)))
    yield Case(
        "pixel_shuffle", {"scale": 2}, IMAGE, one(partial(F.pixel_shuffle, upscale_factor=2))
    )
    yield Case(
        "pixel_unshuffle",
        {"scale": 2},
        (6, 4, 4),
        one(partial(F.pixel_unshuffle, downscale_factor=2)),
    )
    yield Case("slice", {"stop": 2}, IMAGE, one(lambda x: x[:, :2]))
    yield Case("transpose", {"axes": ["width", "height", "depth"]}, IMAGE, one(lambda x: x.mT))
    for count in (2, 3):
        yield Case("add", {}, IMAGE, pairs(torch.add), count)
        yield Case("subtract", {}, IMAGE, pairs(torch.sub), count)
        yield Case("multiply", {}, IMAGE, pairs(torch.mul), count)
        yield Case("maximum", {}, IMAGE, pairs(torch.maximum), count)
        yield Case("average", {}, IMAGE, lambda xs, own: sum(xs) / len(xs), count)
        yield Case("concat", {}, IMAGE, lambda xs, own: torch.cat(xs, 1), count)


def small(case: Case) -> dict[str, Any]:
    """Return the spec: as many convolutions as the layer has sources, and the layer."""
    fields = dict(case.fields or {})
    names = [f"source{number}" for number in range(case.sources)]
    layers: list[Any] = [
        {"conv": {"name": name, "K": case.volume[-1], "F": 1, "from": "input"}} for name in names
    ]
    if case.sources > 1:
        fields["from"] = names
    return {"input": list(case.volume), "layers": [*layers, {case.kind: fields}]}


def parameters_of(traced: Any) -> list[Parameters]:
    """Return tensors for every layer's parameters, as PyTorch has them."""
    made = []
    for record in traced:
        own = record.layer.parameters(record.input)
        made.append(
            {
                name: torch.rand(parameter.shape, requires_grad=parameter.learned)
                for name, parameter in own.items()
            }
        )
    return made


def kept_in_torch(case: Case, batch: int, frozen: Collection[int] = ()) -> int:
    """Return the bytes that autograd keeps of the small network; the `frozen` layers do not
    learn.
    """
    traced = trace(small(case))
    *sources, own = parameters_of(traced)
    for number in frozen:
        for tensor in [*sources, own][number].values():
            tensor.requires_grad_(False)
    x = torch.rand(batch, case.volume[-1], *case.volume[:-1])

    def run() -> Tensor:
        return case.run([of_rank("conv", x)(x, *source.values()) for source in sources], own)

    tensors = [tensor for made in (*sources, own) for tensor in made.values()]
    return saved_bytes(run, tensors)


@pytest.mark.parametrize("kind", sorted({case.kind for case in cases()}))
def test_a_kind_keeps_what_autograd_saves(kind: str) -> None:
    for case in cases():
        for batch in (1, 3) if case.kind == kind else ():
            ours = memory(small(case), batch=batch).kept
            assert ours == kept_in_torch(case, batch), (case, batch)


def test_every_kind_is_tried_or_keeps_nothing_of_its_own() -> None:
    tried = {case.kind for case in cases()}
    assert {*KINDS} - tried == {*COMPOSITES, "operation", "max_unpool"}


def on_frozen(case: Case, frozen: Collection[int]) -> dict[str, Any]:
    """Return the small spec, with some of its convolutions frozen."""
    spec = small(case)
    for number in frozen:
        spec["layers"][number]["conv"]["trainable"] = False
    return spec


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "maximum", "average", "concat"])
def test_what_a_merge_keeps_depends_on_which_sources_get_a_gradient(name: str, count: int) -> None:
    found = next(case for case in cases() if case.kind == name)
    case = found._replace(sources=count)
    for learned in product((False, True), repeat=count):
        frozen = [number for number, learns in enumerate(learned) if not learns]
        ours = memory(on_frozen(case, frozen), batch=2).kept
        assert ours == kept_in_torch(case, 2, frozen), learned


@pytest.mark.parametrize("kind", sorted({case.kind for case in cases()}))
def test_a_kind_keeps_what_autograd_saves_where_its_input_gets_no_gradient(kind: str) -> None:
    for case in cases():
        if case.kind == kind:
            frozen = range(case.sources)
            assert memory(on_frozen(case, frozen)).kept == kept_in_torch(case, 1, frozen), case


@pytest.mark.parametrize("kind", sorted({case.kind for case in cases()}))
def test_a_kind_keeps_what_autograd_saves_where_it_is_frozen_itself(kind: str) -> None:
    for case in cases():
        fields = dict(case.fields or {})
        if case.kind == kind and KINDS[kind].has_weights:
            frozen = case._replace(fields={**fields, "trainable": False})
            ours = memory(small(frozen)).kept
            assert ours == kept_in_torch(case, 1, [case.sources]), case


def test_an_input_and_a_factor_of_it() -> None:
    layers = [{"conv": {"name": "a", "K": 4, "F": 3, "P": 1}}, {"multiply": ["a", "input"]}]
    conv = torch.nn.Conv2d(4, 4, 3, padding=1)
    x = torch.rand(1, 4, 8, 8)
    ours = memory({"input": "8x8x4", "layers": layers}).kept
    assert ours == saved_bytes(lambda: conv(x) * x, list(conv.parameters()))


def test_max_unpool_uses_the_indices_of_its_pool() -> None:
    case = Case("max_pool", {"F": 2, "name": "pool"}, (6, 4, 4), unpooled)
    spec = small(case)
    spec["layers"].append({"max_unpool": "pool"})
    assert memory(spec).kept == kept_in_torch(case, 1)


# -- whole networks --------------------------------------------------------------------------------


class Network(NamedTuple):
    """PyTorch's module of a file in specs/networks, its input depth last, and a batch."""

    build: Callable[[], Any]
    input: str
    batch: int
    peak: float = 0.05  # how much the peak may differ


def unet_with_dropout() -> Any:
    """The U-Net with its dropouts, at the end of the way down, which the other tests do without."""
    module = reference.unet()
    for part in module.down[3:]:
        part.register_forward_hook(lambda _module, _inputs, output: F.dropout(output))
    return module


NETWORKS = {
    "lenet-5": Network(reference.lenet5, "32x32x1", 64, 0.17),  # 5 MiB: what is made on the way
    "alexnet": Network(reference.alexnet, "227x227x3", 2),
    "vgg-16": Network(reference.vgg16, "224x224x3", 1),
    "resnet-18": Network(partial(reference.resnet, 18), "224x224x3", 1),
    "resnet-50": Network(partial(reference.resnet, 50), "224x224x3", 1),
    "u-net": Network(unet_with_dropout, "252x252x1", 1),
    "densenet-121": Network(reference.densenet121, "224x224x3", 1),
    "googlenet": Network(reference.googlenet, "224x224x3", 1),
    "mobilenet-v2": Network(reference.mobilenet_v2, "224x224x3", 1),
    "squeezenet": Network(reference.squeezenet, "227x227x3", 2),
}


def module_of(name: str, network: Network) -> Any:
    """Return the module, with the softmax that the file ends in."""
    module = network.build()
    last = trace(FOLDER / f"{name}.yaml").layers[-1]
    return torch.nn.Sequential(module, torch.nn.Softmax(1)) if last.kind == "softmax" else module


def peak_of(step: Callable[[], None]) -> int:
    """Return the most bytes that PyTorch's allocator had handed out at once."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities, profile_memory=True) as profiled:
        step()
    events = profiled.profiler.kineto_results.events()
    live = peak = 0
    for _, size in sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]"):
        live += size
        peak = max(peak, live)
    return peak


def masked(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop values as a graphics card does, with a mask of a byte a value."""
    return torch.native_dropout(x, p, training)[0] if training and p else x


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_keep_and_peak_as_in_pytorch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(F, "dropout", masked)
    network = NETWORKS[name]
    module = module_of(name, network).train()
    *sizes, depth = map(int, network.input.split("x"))
    x = torch.randn(network.batch, depth, *sizes)
    fixed = [*module.parameters(), *module.buffers()]
    ours = memory(FOLDER / f"{name}.yaml", inputs=network.input, batch=network.batch)
    assert ours.parameters == sum(p.numel() * 4 for p in module.parameters())
    kept: list[int] = []

    def step() -> None:
        outputs: list[Tensor] = []
        kept.append(saved_bytes(lambda: outputs.append(module(x)), fixed))
        outputs[0].backward(torch.ones_like(outputs[0]))

    measured = peak_of(step) + x.nbytes + sum(t.nbytes for t in fixed)
    assert ours.kept == pytest.approx(kept[0], rel=0.005)
    assert ours.peak == pytest.approx(measured, rel=network.peak)


def test_the_largest_batch_of_resnet_50() -> None:
    found = memory(FOLDER / "resnet-50.yaml", optimizer="adam", fit="8GiB")
    assert found.fit is not None
    assert found.fit.batch == 95
    for batch, fits in ((95, True), (96, False)):
        peak = memory(FOLDER / "resnet-50.yaml", optimizer="adam", batch=batch).peak
        assert peak is not None
        assert (peak <= 8 * 2**30) == fits


def test_frozen_layers_keep_as_in_pytorch() -> None:
    """What no gradient goes through is not kept; a frozen convolution keeps its input, a frozen
    dense layer does not.
    """
    module = torch.nn.Sequential(
        *(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
        *(torch.nn.Conv2d(4, 5, 3), torch.nn.ReLU(), torch.nn.Conv2d(5, 6, 3)),
        *(torch.nn.Flatten(), torch.nn.Linear(6 * 3 * 3, 7), torch.nn.Linear(7, 2)),
    )
    for part in (module[0], module[5], module[7]):
        part.requires_grad_(False)
    frozen = {"trainable": False}
    layers = [
        *({"conv": {"K": 4, "F": 3, **frozen}}, "relu", {"max_pool": 2}),
        *({"conv": {"K": 5, "F": 3}}, "relu", {"conv": {"K": 6, "F": 3, **frozen}}),
        *("flatten", {"dense": {"units": 7, **frozen}}, {"dense": 2}),
    ]
    x = torch.randn(2, 3, 16, 16)
    ours = memory({"input": "16x16x3", "batch": 2, "layers": layers})
    assert ours.kept == saved_bytes(lambda: module(x), list(module.parameters()))
