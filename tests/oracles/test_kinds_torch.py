"""PyTorch as a second opinion on every kind: output, parameters, and what is refused.

Each test walks a small grid of hyperparameters and fails with the list of the points that differ.
PyTorch runs on tensors without data first and, where those pass, on zeros: the former skip some of
its checks. An empty output counts as a refusal. Where the two are meant to differ, the point is
skipped by a rule that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations, product
from math import prod
from typing import Any

import pytest

from shapecalc.layers import KINDS

torch = pytest.importorskip("torch")
nn = torch.nn
functional = torch.nn.functional

Build = Callable[[], Any]
Case = tuple[
    Any, tuple[int, ...], Build
]  # the layer as written, its input volume, PyTorch's module
POOLS = ("max_pool", "avg_pool", "l2_pool")
ACTIVATIONS: dict[str, Build] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "relu6": nn.ReLU6,
    "hard_sigmoid": nn.Hardsigmoid,
    "hard_swish": nn.Hardswish,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "softmax": lambda: nn.Softmax(dim=1),
    "log_softmax": lambda: nn.LogSoftmax(dim=1),
    "elu": nn.ELU,
    "selu": nn.SELU,
    "leaky_relu": nn.LeakyReLU,
    "hard_tanh": nn.Hardtanh,
    "softsign": nn.Softsign,
    "identity": nn.Identity,
    "exp": lambda: torch.exp,
    "abs": lambda: torch.abs,
    "sqrt": lambda: torch.sqrt,
    "l2_normalize": lambda: functional.normalize,
    "glu": lambda: nn.GLU(dim=1),
}
VOLUMES = ((7,), (6, 4), (5, 4, 6), (3, 4, 2, 6))
SPATIAL = VOLUMES[1:]


def tensor(volume: Sequence[int], device: str) -> Any:
    """Return zeros for two examples of a volume, depth first as PyTorch has them."""
    return torch.zeros([2, volume[-1], *volume[:-1]], device=device)


def as_volume(result: Any) -> tuple[int, ...]:
    """Return the size of one example, depth last."""
    _, depth, *spatial = result.shape
    return (*spatial, depth)


def per_rank(stem: str, rank: int) -> Any:
    """Return PyTorch's class for one to three axes: Conv1d, Conv2d, Conv3d."""
    return getattr(nn, f"{stem}{rank}d")


def opinion(build: Build, *volumes: Sequence[int]) -> tuple[tuple[int, ...] | None, int | None]:
    """Return PyTorch's output volume and number of parameters, or None twice if it refuses."""
    answer: tuple[tuple[int, ...], int] | None = None
    for device in ("meta", "cpu"):
        try:
            module = build()
            parameters = 0
            if isinstance(module, nn.Module):
                module = module.to(device).eval()
                parameters = sum(parameter.numel() for parameter in module.parameters())
            with torch.no_grad():
                result = module(*(tensor(volume, device) for volume in volumes))
        except (RuntimeError, ValueError):
            return None, None
        if 0 in result.shape:
            return None, None
        answer = as_volume(result), parameters
    assert answer is not None
    return answer


def compare(ask: Any, cases: Iterable[Case], rounding: str = "floor", least: int = 1) -> None:
    """Fail with every case in which the two differ, and if there are fewer cases than meant."""
    differing = []
    compared = 0
    for layer, volume, build in cases:
        ours = ask(volume, layer, rounding)
        theirs = opinion(build, volume)
        compared += 1
        if (ours.output, ours.parameters) != theirs:
            differing.append((layer, volume, rounding, ours, theirs))
    assert compared >= least, f"only {compared} cases"
    assert not differing, "\n".join(
        [f"{len(differing)} of {compared} differ", *(str(item) for item in differing[:20])]
    )


def convolution(volume: Sequence[int], K: int, F: Any, **fields: Any) -> Build:
    """Return what builds PyTorch's convolution for the fields of a conv layer."""
    names = {"S": "stride", "P": "padding"}
    options = {names.get(field, field): value for field, value in fields.items()}
    kind = per_rank("Conv", len(volume) - 1)
    return lambda: kind(volume[-1], K, F, **options)


def transposed(volume: Sequence[int], K: int, F: Any, **fields: Any) -> Build:
    """Return what builds PyTorch's transposed convolution for the fields of a layer."""
    names = {"S": "stride", "P": "padding"}
    options = {names.get(field, field): value for field, value in fields.items()}
    kind = per_rank("ConvTranspose", len(volume) - 1)
    return lambda: kind(volume[-1], K, F, **options)


def pool(kind: str, volume: Sequence[int], rounding: str, F: Any, **fields: Any) -> Build:
    """Return what builds PyTorch's pool; the one of squares has no padding of its own."""
    rank = len(volume) - 1
    ceil_mode = rounding == "ceil"
    stride, padding = fields.get("S"), fields.get("P", 0)
    if kind == "max_pool":
        dilation = fields.get("dilation", 1)
        return lambda: per_rank("MaxPool", rank)(
            F, stride, padding, dilation=dilation, ceil_mode=ceil_mode
        )
    if kind == "avg_pool":
        counted = fields.get("count_include_pad", True)
        return lambda: per_rank("AvgPool", rank)(
            F, stride, padding, ceil_mode=ceil_mode, count_include_pad=counted
        )
    return lambda: per_rank("LPPool", rank)(2, F, stride, ceil_mode=ceil_mode)


def padded_past_half(F: int, P: int, dilation: int) -> bool:
    """Say whether the padding lies between half the filter and half the effective filter.

    PyTorch measures a dilated pool's padding by the undilated filter, we by the effective one.
    """
    return F // 2 < P <= (dilation * (F - 1) + 1) // 2


def test_conv_on_one_axis(ask: Any) -> None:
    grid = product(range(1, 9), range(1, 5), range(1, 4), range(3), (1, 2))
    cases = []
    for size, F, S, P, dilation in grid:
        fields = {"K": 4, "F": F, "S": S, "P": P, "dilation": dilation}
        cases.append(({"conv": fields}, (size, 4), convolution((size, 4), **fields)))
    compare(ask, cases, least=576)


def test_conv_with_groups_and_without_bias(ask: Any) -> None:
    cases = []
    for volume, K, groups, bias in product(
        ((6, 6), (5, 4, 6)), range(1, 9), range(1, 8), (True, False)
    ):
        fields = {"K": K, "F": 3, "groups": groups, "bias": bias}
        cases.append(({"conv": fields}, volume, convolution(volume, **fields)))
    compare(ask, cases, least=224)


def test_conv_with_a_value_per_axis(ask: Any) -> None:
    pairs = [[1, 2], [3, 2], [2, 5]]
    cases: list[Case] = []
    for F, S, P, dilation in product(pairs, [[1, 2], [3, 1]], [[0, 1], [2, 0]], [[1, 1], [2, 1]]):
        fields = {"K": 3, "F": F, "S": S, "P": P, "dilation": dilation}
        cases.append(({"conv": fields}, (7, 6, 2), convolution((7, 6, 2), **fields)))
    for F, S, P in product(([1, 2, 3], [3, 3, 1]), ([1, 2, 2], 2), ([0, 1, 1], 1)):
        fields = {"K": 3, "F": F, "S": S, "P": P}
        cases.append(({"conv": fields}, (4, 6, 5, 2), convolution((4, 6, 5, 2), **fields)))
    compare(ask, cases, least=32)


def test_conv_with_different_padding_on_both_sides(ask: Any) -> None:
    def build(pads: list[list[int]], F: int, S: int) -> Build:
        flat = [side for axis in reversed(pads) for side in axis]
        return lambda: nn.Sequential(nn.ConstantPad2d(flat, 0.0), nn.Conv2d(2, 3, F, S))

    cases = []
    for top, left, right, F, S in product(range(3), range(3), range(3), (2, 3), (1, 2)):
        pads = [[top, 1], [left, right]]
        layer = {"conv": {"K": 3, "F": F, "S": S, "P": pads}}
        cases.append((layer, (5, 6, 2), build(pads, F, S)))
    compare(ask, cases, least=108)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_conv_with_padding_by_name(ask: Any) -> None:
    cases: list[Case] = []
    for size, F, dilation in product(range(1, 8), range(1, 6), (1, 2)):
        fields = {"K": 3, "F": F, "dilation": dilation}
        # PyTorch knows same at stride 1 only; the strided ones are compared with Keras
        for name in ("same", "valid"):
            layer = {"conv": {**fields, "P": name}}
            cases.append((layer, (size, 2), convolution((size, 2), **fields, P=name)))
        layer = {"conv": {**fields, "P": "same_lower"}}
        cases.append((layer, (size, 2), convolution((size, 2), **fields, P="same")))
        layer = {"conv": {**fields, "P": "full"}}
        full = dilation * (F - 1)
        cases.append((layer, (size, 2), convolution((size, 2), **fields, P=full)))
    compare(ask, cases, least=280)


def test_depthwise_conv(ask: Any) -> None:
    cases = []
    volumes = ((7, 3), (6, 5, 4), (4, 4, 4, 2))
    for volume, F, S, P, multiplier, bias in product(
        volumes, (1, 2, 3), (1, 2), (0, 1), (1, 3), (True, False)
    ):
        depth = volume[-1]
        written = {"F": F, "S": S, "P": P, "multiplier": multiplier, "bias": bias}
        build = convolution(volume, depth * multiplier, F, S=S, P=P, groups=depth, bias=bias)
        cases.append(({"depthwise_conv": written}, volume, build))
    for F, dilation in product(([2, 3], 3), ([2, 1], 2)):
        build = convolution((9, 8, 4), 4, F, dilation=dilation, groups=4)
        cases.append(({"depthwise_conv": {"F": F, "dilation": dilation}}, (9, 8, 4), build))
    compare(ask, cases, least=148)


def test_conv_transpose_on_one_axis(ask: Any) -> None:
    grid = product(range(1, 5), range(1, 5), range(1, 4), range(3), range(3), (1, 3))
    cases = []
    for size, F, S, P, output_padding, dilation in grid:
        fields = {
            "K": 2,
            "F": F,
            "S": S,
            "P": P,
            "output_padding": output_padding,
            "dilation": dilation,
        }
        cases.append(({"conv_transpose": fields}, (size, 2), transposed((size, 2), **fields)))
    compare(ask, cases, least=864)


def test_conv_transpose_on_more_axes(ask: Any) -> None:
    cases: list[Case] = []
    for K, groups, bias in product(range(1, 7), range(1, 5), (True, False)):
        fields: dict[str, Any] = {"K": K, "F": 3, "S": 2, "P": 1, "groups": groups, "bias": bias}
        cases.append(({"conv_transpose": fields}, (3, 4, 4), transposed((3, 4, 4), **fields)))
    for F, S, output_padding in product(([2, 3], 4), ([1, 3], 2), ([0, 1], [0, 2], [1, 0], 1)):
        fields = {"K": 2, "F": F, "S": S, "output_padding": output_padding}
        cases.append(({"conv_transpose": fields}, (3, 4, 2), transposed((3, 4, 2), **fields)))
    for F, S, P in product((2, [1, 2, 3]), (1, [2, 1, 2]), (0, [0, 0, 1])):
        fields = {"K": 2, "F": F, "S": S, "P": P}
        cases.append(({"conv_transpose": fields}, (2, 3, 3, 2), transposed((2, 3, 3, 2), **fields)))
    compare(ask, cases, least=72)


def pool_grid(kind: str, rounding: str) -> Iterator[Case]:
    """Yield pools along one axis, over everything small."""
    dilations = (1, 2, 3) if kind == "max_pool" else (1,)
    pads = (0,) if kind == "l2_pool" else range(3)
    grid = product(range(1, 9), (1, 2, 3, 4, 7, 12), (1, 2, 3, 4, 12), pads, dilations)
    for size, F, S, P, dilation in grid:
        if padded_past_half(F, P, dilation):
            continue
        fields: dict[str, int] = {"F": F, "S": S}
        if kind != "l2_pool":
            fields["P"] = P
        if kind == "max_pool":
            fields["dilation"] = dilation
        yield {kind: fields}, (size, 3), pool(kind, (size, 3), rounding, **fields)


@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize("kind", POOLS)
def test_pools_on_one_axis(ask: Any, kind: str, rounding: str) -> None:
    compare(ask, pool_grid(kind, rounding), rounding, least=80)


@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize("kind", POOLS)
def test_pools_on_more_axes(ask: Any, kind: str, rounding: str) -> None:
    cases: list[Case] = []
    pads: tuple[Any, ...] = (0,) if kind == "l2_pool" else (0, [1, 0], 1)
    for F, S, P in product((2, 3, [2, 4]), (None, 1, [2, 3]), pads):
        fields = (
            {"F": F} | ({} if S is None else {"S": S}) | ({} if kind == "l2_pool" else {"P": P})
        )
        cases.append(({kind: fields}, (6, 7, 3), pool(kind, (6, 7, 3), rounding, **fields)))
    for F, S in product((2, [1, 2, 3], 5, 9, 1280), (None, 2, [1, 2, 2], [9, 9, 4])):
        if kind != "max_pool" and isinstance(F, int) and F > 4:
            continue
        fields = {"F": F} | ({} if S is None else {"S": S})
        cases.append(({kind: fields}, (4, 5, 6, 2), pool(kind, (4, 5, 6, 2), rounding, **fields)))
    if kind == "avg_pool":
        fields = {"F": 3, "S": 2, "P": 1, "count_include_pad": False}
        cases.append(({kind: fields}, (6, 7, 3), pool(kind, (6, 7, 3), rounding, **fields)))
    compare(ask, cases, rounding, least=15)


def test_the_exceptions_are_still_exceptions(ask: Any) -> None:
    """Points that the grids leave out: if PyTorch changes its mind, they can go in."""
    large = {"F": 5, "S": 2}  # PyTorch takes it of all pools but the average, of 1 to 3 axes
    for kind, volume in product(POOLS, ((4, 2), (4, 4, 2), (4, 4, 4, 2))):
        refused = kind != "max_pool" and len(volume) == 4
        expected = None if refused else (*(1 for _ in volume[1:]), 2)
        assert opinion(pool(kind, volume, "ceil", **large), volume)[0] == expected
        assert ask(volume, {kind: large}, "ceil").output == (*(1 for _ in volume[1:]), 2)
    dilated = {"F": 3, "S": 1, "P": 2, "dilation": 2}
    assert opinion(pool("max_pool", (9, 2), "floor", **dilated), (9, 2))[0] is None
    assert ask((9, 2), {"max_pool": dilated}).output == (9, 2)


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_global_and_adaptive_pools(ask: Any, kind: str) -> None:
    title = kind.title()
    cases: list[Case] = []
    for volume in SPATIAL:
        rank = len(volume) - 1
        module = per_rank(f"Adaptive{title}Pool", rank)
        cases.append((f"global_{kind}_pool", volume, lambda module=module: module(1)))
        for size in range(1, 7):
            layer = {f"adaptive_{kind}_pool": {"output": size}}
            cases.append((layer, volume, lambda module=module, size=size: module(size)))
    for sizes in product((1, 3, 6), (2, 5)):
        layer = {f"adaptive_{kind}_pool": {"output": list(sizes)}}
        module = per_rank(f"Adaptive{title}Pool", 2)
        cases.append((layer, (5, 7, 3), lambda module=module, sizes=sizes: module(sizes)))
    compare(ask, cases, least=27)


def test_dense_flatten_and_reshape(ask: Any) -> None:
    cases: list[Case] = []
    for volume in VOLUMES:
        values = prod(volume)
        cases.append(("flatten", volume, nn.Flatten))
        for kind, units, bias in product(("dense", "fc", "linear"), (1, 5), (True, False)):
            layer = {kind: {"units": units, "bias": bias}}
            cases.append(
                (
                    layer,
                    volume,
                    lambda values=values, units=units, bias=bias: nn.Sequential(
                        nn.Flatten(), nn.Linear(values, units, bias=bias)
                    ),
                )
            )
    for *spatial, depth in (
        [24],
        [4, 6],
        [6, 4],
        [2, 3, 4],
        [1, 2, 3, 4],
        [23],
        [5, 5],
        [2, 2, 2, 2],
    ):
        layer = {"reshape": {"output": [*spatial, depth]}}
        for volume in ((24,), (6, 4), (3, 4, 2), (5, 5)):
            shape = (depth, *spatial)
            cases.append((layer, volume, lambda shape=shape: nn.Unflatten(1, shape)))
    cases = [
        (layer, volume, build)
        if not isinstance(layer, dict) or "reshape" not in layer
        else (layer, volume, lambda build=build: nn.Sequential(nn.Flatten(), build()))
        for layer, volume, build in cases
    ]
    compare(ask, cases, least=84)


def test_norms(ask: Any) -> None:
    cases: list[Case] = []
    for volume, affine in product(VOLUMES, (True, False)):
        rank, depth = len(volume) - 1, volume[-1]
        layer: dict[str, Any] = {"batch_norm": {"affine": affine}}
        batch = per_rank("BatchNorm", rank or 1)
        cases.append((layer, volume, lambda m=batch, d=depth, a=affine: m(d, affine=a)))
        if rank:
            instance = per_rank("InstanceNorm", rank)
            layer = {"instance_norm": {"affine": affine}}
            cases.append((layer, volume, lambda m=instance, d=depth, a=affine: m(d, affine=a)))
        for groups in range(1, 9):
            layer = {"group_norm": {"groups": groups, "affine": affine}}
            cases.append(
                (
                    layer,
                    volume,
                    lambda g=groups, d=depth, a=affine: nn.GroupNorm(g, d, affine=a),
                )
            )
        layer = {"layer_norm": {"affine": affine}}
        cases.append((layer, volume, lambda d=depth, a=affine: ChannelNorm(d, a)))
    for volume, size in product(SPATIAL, (1, 2, 5)):
        cases.append(
            (
                {"lrn": {"size": size}},
                volume,
                lambda size=size: nn.LocalResponseNorm(size),
            )
        )
    compare(ask, cases, least=90)


class ChannelNorm(nn.Module):  # type: ignore[misc, name-defined]
    """PyTorch's layer norm over depth at each position."""

    def __init__(self, depth: int, affine: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(depth, elementwise_affine=affine)

    def forward(self, x: Any) -> Any:
        """Normalize with depth last, and put it back."""
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


def test_batch_norm_keeps_what_pytorch_keeps() -> None:
    from shapecalc import trace

    for depth in (1, 3, 64):
        kept = nn.BatchNorm2d(depth)
        buffers = kept.running_mean.numel() + kept.running_var.numel()
        result = trace({"input": [4, 4, depth], "layers": ["batch_norm"]}).to_dict()
        assert result["totals"]["non_trainable"] == buffers
        assert result["totals"]["parameters"] == sum(p.numel() for p in kept.parameters())


def test_activations_and_dropout(ask: Any) -> None:
    cases: list[Case] = [
        (kind, volume, build)
        for kind, build in ACTIVATIONS.items()
        for volume in (*VOLUMES, (5, 3))  # no two halves for glu
    ]
    cases += [({"dropout": 0.3}, volume, lambda: nn.Dropout(0.3)) for volume in VOLUMES]
    for volume in VOLUMES:
        cases.append(("prelu", volume, nn.PReLU))
        layer = {"prelu": {"per_channel": True}}
        cases.append((layer, volume, lambda depth=volume[-1]: nn.PReLU(depth)))
    compare(ask, cases, least=72)


def test_pad_crop_and_upsample(ask: Any) -> None:
    cases: list[Case] = []
    for kind, sign in (("pad", 1), ("crop", -1)):
        for top, bottom, left, right in product((0, 2), (0, 1, 3), (0, 2, 4), (0, 1, 2)):
            pads = [sign * side for side in (left, right, top, bottom)]
            layer: dict[str, Any] = {kind: {"P": [[top, bottom], [left, right]]}}
            cases.append((layer, (4, 5, 3), lambda pads=pads: nn.ConstantPad2d(pads, 0.0)))
        for volume, P in product(SPATIAL, (0, 1, 2)):
            pads = [sign * P] * (2 * len(volume) - 2)
            layer = {kind: P}
            cases.append((layer, volume, lambda pads=pads: Padded(pads)))
    modes = {1: "linear", 2: "bilinear", 3: "trilinear"}
    for volume, scale in product(SPATIAL, (1, 2, 3)):
        cases.append(
            (
                {"upsample": scale},
                volume,
                lambda scale=scale: nn.Upsample(scale_factor=scale),
            )
        )
        mode = modes[len(volume) - 1]
        cases.append(
            (
                {"upsample": {"scale": scale, "mode": "bilinear"}},
                volume,
                lambda scale=scale, mode=mode: nn.Upsample(scale_factor=scale, mode=mode),
            )
        )
    for W, scale in product(range(1, 30, 4), (0.3, 0.5, 1.1, 1.15, 1.5, 2.25, 2.9)):
        cases.append(
            (
                {"upsample": scale},
                (W, 3, 2),
                lambda scale=scale: nn.Upsample(scale_factor=scale),
            )
        )
        cases.append(
            (
                {"upsample": {"output": [W, 2], "mode": "bilinear"}},
                (4, 5, 3),
                lambda W=W: nn.Upsample(size=(W, 2), mode="bilinear"),
            )
        )
    compare(ask, cases, least=240)


class Padded(nn.Module):  # type: ignore[misc, name-defined]
    """Values added at the border or, with negative numbers, taken away."""

    def __init__(self, pads: list[int], mode: str = "constant") -> None:
        super().__init__()
        self.pads, self.mode = pads, mode

    def forward(self, x: Any) -> Any:
        """Pad the last axes first, as PyTorch counts them."""
        return functional.pad(x, self.pads, mode=self.mode)


MERGES: dict[str, Callable[[Any, Any], Any]] = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "maximum": torch.maximum,
    "average": lambda left, right: (left + right) / 2,
    "concat": lambda left, right: torch.cat([left, right], dim=1),
}
PAIRED = ((4, 5, 3), (4, 5, 1), (1, 1, 3), (4, 1, 3), (1, 5, 1), (4, 4, 3), (4, 5, 2), (2, 5, 3))


@pytest.mark.parametrize("kind", sorted(MERGES))
def test_merges(kind: str) -> None:
    from shapecalc import trace

    differing = []
    for left, right in product(PAIRED, PAIRED):
        spec = {
            "inputs": {"left": list(left), "right": list(right)},
            "layers": [{kind: {"from": ["left", "right"]}}],
        }
        result = trace(spec).to_dict()
        output = result["layers"][0]["output"]
        codes = [item["code"] for item in result["diagnostics"] if item["severity"] == "error"]
        theirs = opinion(lambda: MERGES[kind], left, right)[0]
        if theirs is None:
            agrees = codes == ["SC205"] and output is None
        else:
            agrees = not codes and tuple(output) == theirs
        if not agrees:
            differing.append((left, right, output, codes, theirs))
    assert not differing, "\n".join(map(str, differing))


@pytest.mark.parametrize("kind", sorted(set(MERGES) - {"concat"}))
def test_a_flat_vector_is_stretched_over_all_positions(kind: str) -> None:
    from shapecalc import trace

    for volume in SPATIAL:
        depth = volume[-1]
        for flat in (1, depth, depth + 1):
            spec = {
                "inputs": {"left": list(volume), "right": flat},
                "layers": [{kind: {"from": ["left", "right"]}}],
            }
            record = trace(spec).to_dict()["layers"][0]
            unit = (*(1 for _ in volume[:-1]), flat)
            theirs = opinion(lambda: MERGES[kind], volume, unit)[0]
            assert record["output"] == (list(theirs) if theirs else None), (volume, flat)


class Around(nn.Module):  # type: ignore[misc, name-defined]
    """Branches side by side, then one merge."""

    def __init__(self, merge: Callable[[list[Any]], Any], *branches: Any) -> None:
        super().__init__()
        self.merge = merge
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Any) -> Any:
        """Merge what all branches give for the same input."""
        return self.merge([branch(x) for branch in self.branches])


def joined(values: list[Any]) -> Any:
    """Join in depth."""
    return torch.cat(values, dim=1)


def test_composites(ask: Any) -> None:
    def conv(K: int, F: int, S: int = 1) -> dict[str, Any]:
        return {"conv": {"K": K, "F": F, "S": S, "P": F // 2}}

    def module(K: int, F: int, S: int = 1) -> Any:
        return nn.Conv2d(4, K, F, S, F // 2)

    volume = (6, 6, 4)
    cases: list[Case] = []
    for K, F, S in product((4, 6), (1, 3), (1, 2)):
        cases += [
            (
                {"residual": {"body": [conv(K, F, S), "relu"]}},
                volume,
                lambda K=K, F=F, S=S: Around(
                    sum, nn.Sequential(module(K, F, S), nn.ReLU()), nn.Identity()
                ),
            ),
            (
                {"residual": {"body": [conv(K, F, S)], "shortcut": [conv(K, 1, S)]}},
                volume,
                lambda K=K, F=F, S=S: Around(sum, module(K, F, S), module(K, 1, S)),
            ),
            (
                {"parallel": {"branches": [[conv(K, F, S)], [], [conv(2, 1)]]}},
                volume,
                lambda K=K, F=F, S=S: Around(joined, module(K, F, S), nn.Identity(), module(2, 1)),
            ),
            (
                {"parallel": {"branches": [[conv(K, F, S)], [conv(6, 1, S)]], "merge": "add"}},
                volume,
                lambda K=K, F=F, S=S: Around(sum, module(K, F, S), module(6, 1, S)),
            ),
        ]
    for times in range(1, 4):
        cases.append(
            (
                {"repeat": {"times": times, "layers": [{"conv": {"K": 4, "F": 2}}, "relu"]}},
                volume,
                lambda times=times: nn.Sequential(
                    *(layer for _ in range(times) for layer in (nn.Conv2d(4, 4, 2), nn.ReLU()))
                ),
            )
        )
    compare(ask, cases, least=35)


def test_a_planted_difference_is_reported(ask: Any) -> None:
    wrong_size = [({"conv": {"K": 3, "F": 3}}, (6, 2), convolution((6, 2), 3, 2))]
    wrong_count = [({"dense": 5}, (6,), lambda: nn.Linear(6, 5, bias=False))]
    for wrong in (wrong_size, wrong_count):
        with pytest.raises(AssertionError, match="1 of 1 differ"):
            compare(ask, wrong)


class Local(nn.Module):  # type: ignore[misc, name-defined]
    """Filters of their own at every position: the columns of unfold, each times its own matrix."""

    def __init__(self, volume: Sequence[int], K: int, F: int, S: int, P: int, bias: bool) -> None:
        super().__init__()
        *sizes, depth = volume
        self.unfold = nn.Unfold(F, stride=S, padding=P)
        _, taps, positions = self.unfold(torch.zeros(1, depth, *sizes)).shape
        self.sizes = nn.Conv2d(depth, K, F, S, P)(torch.zeros(1, depth, *sizes)).shape[2:]
        self.weight = nn.Parameter(torch.zeros(positions, K, taps))
        self.bias = nn.Parameter(torch.zeros(positions, K)) if bias else None

    def forward(self, x: Any) -> Any:
        """Multiply position by position."""
        result = torch.einsum("lkt,ntl->nlk", self.weight, self.unfold(x))
        if self.bias is not None:
            result = result + self.bias
        return result.movedim(-1, 1).unflatten(2, self.sizes)


class AlongDepth(nn.Module):  # type: ignore[misc, name-defined]
    """A module of PyTorch's that works on the last axis, over ours, which is the first."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Any) -> Any:
        """Put depth last, and back."""
        return self.module(x.movedim(1, -1)).movedim(-1, 1)


class Weighted(nn.Module):  # type: ignore[misc, name-defined]
    """A learned tensor of `shape` to multiply by, and one to add."""

    def __init__(self, shape: Sequence[int], weight: bool = True, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(*shape)) if weight else 1.0
        self.bias = nn.Parameter(torch.zeros(*shape)) if bias else 0.0

    def forward(self, x: Any) -> Any:
        """Stretch both over the examples."""
        return x * self.weight + self.bias


def separable(volume: Sequence[int], bias: bool, multiplier: int, F: Any, **fields: Any) -> Build:
    """Return what builds a depthwise convolution without a bias and 5 filters of 1x1."""
    depth = volume[-1]
    deep = depth * multiplier
    first = convolution(volume, deep, F, groups=depth, bias=False, **fields)
    kind = per_rank("Conv", len(volume) - 1)
    return lambda: nn.Sequential(first(), kind(deep, 5, 1, bias=bias))


def test_separable_and_local_conv(ask: Any) -> None:
    cases: list[Case] = []
    grid = product(((7, 3), (6, 5, 4), (4, 4, 4, 2)), (1, 3, 5), (1, 2), (0, 1), (1, 2))
    for volume, F, S, P, dilation in grid:
        fields = {"F": F, "S": S, "P": P, "dilation": dilation}
        for multiplier, bias in ((1, True), (3, False)):
            written = {"K": 5, "multiplier": multiplier, "bias": bias, **fields}
            build = separable(volume, bias, multiplier, **fields)
            cases.append(({"separable_conv": written}, volume, build))
    for W, F, S, P, bias in product((4, 7), (1, 2, 5), (1, 2), (0, 2), (True, False)):
        volume, local = (W, 5, 3), {"K": 4, "F": F, "S": S, "P": P, "bias": bias}
        cases.append(({"local_conv": local}, volume, lambda v=volume, f=local: Local(v, **f)))
    compare(ask, cases, least=190)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_borders_of_the_inputs_own_values(ask: Any, mode: str) -> None:
    cases: list[Case] = []
    for W, F, S, P in product(range(1, 6), (1, 3), (1, 2), range(4)):
        written = {"K": 2, "F": F, "S": S, "P": P, "mode": mode}
        build = convolution((W, 4, 3), 2, F, S=S, P=P, padding_mode=mode)
        cases.append(({"conv": written}, (W, 4, 3), build))
    for W, before, after in product(range(1, 6), range(5), range(5)):
        layer = {"pad": {"P": [[before, after]], "mode": mode}}
        pads = [before, after]
        cases.append((layer, (W, 3), lambda pads=pads: Padded(pads, mode)))
    compare(ask, cases, least=200)


def test_causal_padding(ask: Any) -> None:
    cases: list[Case] = []
    for W, F, S, dilation in product(range(1, 7), range(1, 5), (1, 2, 3), (1, 2)):
        fields = {"F": F, "S": S, "dilation": dilation}
        front = Padded([dilation * (F - 1), 0])
        conv = convolution((W, 3), 4, **fields)
        layer = {"conv": {"K": 4, "P": "causal", **fields}}
        cases.append((layer, (W, 3), lambda f=front, c=conv: nn.Sequential(f, c())))
    compare(ask, cases, least=144)


def test_what_moves_values(ask: Any) -> None:
    cases: list[Case] = []
    for scale, depth in product((1, 2, 3), (1, 4, 9, 12)):
        volume = (6, 4, depth)
        cases.append(({"pixel_shuffle": scale}, volume, lambda s=scale: nn.PixelShuffle(s)))
        cases.append(({"pixel_unshuffle": scale}, volume, lambda s=scale: nn.PixelUnshuffle(s)))
    for volume, groups in product(VOLUMES[1:], range(1, 8)):
        layer: dict[str, Any] = {"channel_shuffle": groups}
        cases.append((layer, volume, lambda g=groups: nn.ChannelShuffle(g)))
    for order in permutations(range(3)):
        layer = {"transpose": [("height", "width", "depth")[axis] for axis in order]}
        moved = [0, *((2, 3, 1)[order[at]] for at in (2, 0, 1))]  # both are depth first there
        cases.append((layer, (4, 5, 6), lambda m=moved: lambda x: x.permute(m)))
    for axis, at in (("height", 2), ("width", 3), ("depth", 1)):
        for start, stop in product((0, 1, -2), (2, 4, -1)):
            layer = {"slice": {"axis": axis, "start": start, "stop": stop}}
            part = [slice(None)] * at + [slice(start, stop)]
            cases.append((layer, (4, 5, 6), lambda p=tuple(part): lambda x: x[p]))
        for of in (1, 2, 3):
            size = {"height": 6, "width": 4, "depth": 9}[axis]
            layer = {"slice": {"axis": axis, "part": of, "of": of}}
            cases.append((layer, (6, 4, 9), lambda n=of, a=at, s=size: Even(n, a, s)))
    compare(ask, cases, least=85)


class Even(nn.Module):  # type: ignore[misc, name-defined]
    """The last of so many equal parts; chunk itself would make them unequal."""

    def __init__(self, parts: int, axis: int, size: int) -> None:
        super().__init__()
        self.axis = axis
        self.shape = (parts, size // parts) if size % parts == 0 else (parts, size)

    def forward(self, x: Any) -> Any:
        """Unflatten refuses what is not even."""
        return x.unflatten(self.axis, self.shape).select(self.axis, -1)


def test_dense_along_depth_scale_and_norms(ask: Any) -> None:
    cases: list[Case] = []
    for volume, on, off in product(VOLUMES, (True, False), (True, False)):
        *sizes, depth = volume
        shape = (depth, *(1 for _ in sizes))
        along: dict[str, Any] = {"dense": {"units": 5, "bias": on, "flatten": False}}
        linear = lambda d=depth, b=on: AlongDepth(nn.Linear(d, 5, bias=b))  # noqa: E731
        cases.append((along, volume, linear))
        scale = {"scale": {"weight": on or 0.5, "bias": off and -1}}
        cases.append((scale, volume, lambda s=shape, w=on: Weighted(s, w)))
        learned = {"scale": {"weight": on, "bias": off}}
        cases.append((learned, volume, lambda s=shape, w=on, b=off: Weighted(s, w, b)))
        rms = lambda d=depth, w=on: AlongDepth(nn.RMSNorm(d, elementwise_affine=w))  # noqa: E731
        cases.append(({"rms_norm": {"weight": on}}, volume, rms))
        # scale and center apart are not PyTorch's words; without affine, what is left is learned
        apart = {"affine": True, "scale": on, "center": off}
        whole = (depth, *sizes)
        every = {"layer_norm": {"over": "all", **apart}}
        cases.append((every, volume, lambda s=whole, w=on, b=off: Weighted(s, w, b)))
        for kind in ("batch_norm", "layer_norm"):
            cases.append(({kind: apart}, volume, lambda s=shape, w=on, b=off: Weighted(s, w, b)))
        if on and off:
            every = {"layer_norm": {"over": "all"}}
            cases.append((every, volume, lambda s=whole: nn.LayerNorm(list(s))))
            slopes = {"prelu": {"slopes": "per_slice"}}
            cases.append((slopes, volume, lambda d=depth: nn.PReLU(d)))
            slopes = {"prelu": {"slopes": "per_value"}}
            cases.append((slopes, volume, lambda s=whole: Weighted(s)))
    compare(ask, cases, least=120)


def test_pools_that_keep_no_axes(ask: Any) -> None:
    cases: list[Case] = []
    for kind, volume in product(("max", "avg"), SPATIAL):
        module = per_rank(f"Adaptive{kind.title()}Pool", len(volume) - 1)
        build = lambda m=module: nn.Sequential(m(1), nn.Flatten())  # noqa: E731
        cases.append(({f"global_{kind}_pool": {"keep": False}}, volume, build))
    compare(ask, cases, least=6)


def traced(spec: dict[str, Any]) -> tuple[int, ...] | None:
    """Return the last layer's volume, None where the network is refused."""
    from shapecalc import trace

    result = trace(spec).to_dict()
    codes = [item["code"] for item in result["diagnostics"] if item["severity"] == "error"]
    assert all(code.startswith("SC2") for code in codes), (spec, codes)
    output = result["layers"][-1]["output"]
    return None if codes or output is None else tuple(output)


@pytest.mark.parametrize(("axis", "at"), [("height", 2), ("width", 3), ("depth", 1), (0, 2)])
def test_concat_along_an_axis(axis: Any, at: int) -> None:
    for left, right in product(PAIRED, PAIRED):
        spec = {
            "inputs": {"left": list(left), "right": list(right)},
            "layers": [{"concat": {"from": ["left", "right"], "axis": axis}}],
        }
        theirs = opinion(lambda: lambda a, b: torch.cat([a, b], dim=at), left, right)[0]
        assert traced(spec) == theirs, (left, right)


def test_max_unpool() -> None:
    class Unpooled(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self, rank: int, F: int, S: int, P: int) -> None:
            super().__init__()
            self.pool = per_rank("MaxPool", rank)(F, S, P, return_indices=True)
            self.unpool = per_rank("MaxUnpool", rank)(F, S, P)

        def forward(self, x: Any) -> Any:
            pooled, places = self.pool(x)
            return self.unpool(pooled, places, output_size=x.shape)

    compared = 0
    grid = product(((9, 2), (6, 7, 3), (4, 5, 4, 2)), ((2, 2), (3, 2), (3, 3)), (0, 1))
    for volume, (F, S), P in grid:
        pool_fields = {"F": F, "S": S, "P": P, "name": "a", "rounding": "floor"}
        spec = {"input": list(volume), "layers": [{"max_pool": pool_fields}, {"max_unpool": "a"}]}
        theirs = opinion(lambda v=volume, f=(F, S, P): Unpooled(len(v) - 1, *f), volume)[0]
        if theirs is None:
            # PyTorch wants the size within a stride of (w - 1)*S - 2P + F, and ours always is what
            # the pool took; it refuses where the pool dropped more than that.
            continue
        compared += 1
        assert traced(spec) == theirs, (volume, F, S, P)
    assert compared >= 15


def test_like_another_layer() -> None:
    """Upsampling to a size is interpolate's; the centre crop that of torchvision and Caffe."""
    for W, H in product(range(1, 7), (2, 5)):
        layers = [
            {"conv": {"K": 4, "F": 1, "from": "other", "name": "a"}},
            {"upsample": {"like": "a", "from": "x"}},
        ]
        spec = {"inputs": {"x": [5, 6, 3], "other": [W, H, 2]}, "layers": layers}
        resized = opinion(lambda s=(W, H): nn.Upsample(size=s), (5, 6, 3))[0]
        assert traced(spec) == resized
        layers[1] = {"crop": {"like": "a", "from": "x"}}
        pads = [-((6 - H) // 2), -(6 - H - (6 - H) // 2), -((5 - W) // 2), -(5 - W - (5 - W) // 2)]
        theirs = opinion(lambda p=pads: Padded(p), (5, 6, 3))[0] if W <= 5 else None
        assert traced(spec) == theirs


def test_add_unequal() -> None:
    for left, right in product(PAIRED, PAIRED):
        spec = {
            "inputs": {"left": list(left), "right": list(right)},
            "layers": [{"add": {"from": ["left", "right"], "unequal": "first"}}],
        }
        common = tuple(map(min, left, right))
        cut = [n for a, b in zip((*left[1::-1], left[2]), (*common[1::-1], common[2]), strict=True)
               for n in (0, b - a)]  # fmt: skip
        theirs = opinion(lambda p=cut: Padded(p), left)[0]
        assert theirs == common
        assert traced(spec) == left


MULTIPLIED: list[tuple[Any, tuple[int, ...], Build]] = [
    (
        {"conv": {"K": 6, "F": 3, "S": 2, "groups": 2}},
        (9, 7, 4),
        lambda: nn.Conv2d(4, 6, 3, 2, groups=2),
    ),
    (
        {"conv": {"K": 6, "F": 3, "P": "causal"}},
        (9, 4),
        lambda: nn.Sequential(Padded([2, 0]), nn.Conv1d(4, 6, 3)),
    ),
    (
        {"depthwise_conv": {"F": 3, "multiplier": 2}},
        (9, 7, 4),
        lambda: nn.Conv2d(4, 8, 3, groups=4),
    ),
    (
        {"separable_conv": {"K": 5, "F": 3, "multiplier": 2}},
        (9, 7, 4),
        separable((9, 7, 4), True, 2, 3),
    ),
    (
        {"conv_transpose": {"K": 6, "F": 3, "S": 2}},
        (5, 4, 2),
        lambda: nn.ConvTranspose2d(2, 6, 3, 2),
    ),
    ({"local_conv": {"K": 4, "F": 3}}, (6, 5, 3), lambda: Local((6, 5, 3), 4, 3, 1, 0, False)),
    ({"dense": 7}, (3, 4, 2), lambda: nn.Sequential(nn.Flatten(), nn.Linear(24, 7))),
    ({"dense": {"units": 7, "flatten": False}}, (3, 4, 2), lambda: AlongDepth(nn.Linear(2, 7))),
]


@pytest.mark.parametrize(("layer", "volume", "build"), MULTIPLIED)
def test_macs_are_half_of_pytorchs_operations(layer: Any, volume: Any, build: Build) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    from shapecalc import trace

    module = build()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(tensor(volume, "cpu"))
    macs = trace({"input": list(volume), "layers": [layer]}).to_dict()["totals"]["macs"]
    assert 2 * 2 * macs == counter.get_total_flops()  # two examples


def test_every_kind_is_compared() -> None:
    compared = {
        *("conv", "depthwise_conv", "separable_conv", "local_conv", "conv_transpose", *POOLS),
        *("global_max_pool", "global_avg_pool", "adaptive_max_pool", "adaptive_avg_pool"),
        *("max_unpool", "dense", "flatten", "reshape", "dropout"),
        *("batch_norm", "instance_norm", "layer_norm", "group_norm", "lrn", "rms_norm", "scale"),
        *(*ACTIVATIONS, "prelu", "pad", "crop", "upsample", *MERGES),
        *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "slice", "transpose"),
        *("residual", "parallel", "repeat"),
    }
    # An operation computes nothing: its volume and its parameters are those that are written.
    assert set(KINDS) == compared | {"operation"}
