"""PyTorch's convolutions, pools, borders, and changes of resolution. The depth is axis 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shapecalc.readers.pytorch.calls import Call, Unfit
from shapecalc.readers.tensors import windows
from shapecalc.readers.tensors.values import Tensor

DEPTH = 1
Handler = Callable[[Call], Tensor]
PAD_MODES = {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def convolution(call: Call) -> Tensor:
    """Add a convolution, or after decomposition a transposed one by the same name."""
    if call.value("transposed") is True:
        return transposed(call)
    x, weight = call.tensor("input"), call.constant("weight")
    axes = len(weight.shape) - 2
    if axes < 1:
        raise Unfit
    word = call.value("padding")
    P = word if word == "same" else _both(_padding(call, axes))
    return windows.conv(
        call.network, call.node, x, weight, call.optional("bias"),
        K=weight.shape[0], F=weight.shape[2:], S=call.ints("stride", axes), P=P,
        dilation=call.ints("dilation", axes), groups=call.integer("groups"), depth=DEPTH,
        shape=call.stated(),
    )  # fmt: skip


def transposed(call: Call) -> Tensor:
    """Add a transposed convolution; its weight is inputs x filters of a group."""
    x, weight = call.tensor("input"), call.constant("weight")
    axes, groups = len(weight.shape) - 2, call.integer("groups")
    if axes < 1:
        raise Unfit
    return windows.conv_transpose(
        call.network, call.node, x, weight, call.optional("bias"),
        K=weight.shape[1] * groups, F=weight.shape[2:], S=call.ints("stride", axes),
        P=_both(call.ints("padding", axes)), dilation=call.ints("dilation", axes), groups=groups,
        output_padding=call.ints("output_padding", axes), depth=DEPTH, shape=call.stated(),
    )  # fmt: skip


def pool(kind: str, axes: int) -> Handler:
    """Return what adds a pool with windows."""

    def add(call: Call) -> Tensor:
        if call.args.get("divisor_override") is not None:
            raise Unfit
        F = call.ints("kernel_size", axes)
        S = call.ints("stride", axes) if call.args.get("stride") else F
        return windows.pool(
            call.network, call.node, kind, call.tensor("self"), F=F, S=S,
            P=_both(call.ints("padding", axes)),
            dilation=call.ints("dilation", axes) if kind == "max_pool" else (),
            ceil=call.value("ceil_mode") is True,
            count_include_pad=call.args.get("count_include_pad", True) is True, depth=DEPTH,
            shape=call.stated(),
        )  # fmt: skip

    return add


def adaptive(kind: str, axes: int) -> Handler:
    """Return what adds a pool to a given size."""

    def add(call: Call) -> Tensor:
        sizes = call.sizes("output_size")
        if len(sizes) == 1:
            sizes *= axes
        if len(sizes) != axes or any(size is not None and size < 1 for size in sizes):
            raise Unfit
        return windows.adaptive_pool(
            call.network, call.node, kind, call.tensor("self"), sizes, DEPTH, call.stated()
        )

    return add


def upsample(mode: str, source: str) -> Handler:
    """Return what adds a change of resolution: by factors where there are some, or to sizes."""

    def add(call: Call) -> Tensor:
        x = call.tensor(source)
        factors = call.args.get("scale_factors")
        if not isinstance(factors, list):
            factors = [call.args.get(name) for name in call.args if name.startswith("scales")]
        scale = [float(f) for f in factors if isinstance(f, int | float) and f > 0]
        known = bool(scale) and len(scale) == len(factors)
        mixed = call.value("align_corners") is True
        return windows.upsample(
            call.network, call.node, x, scale=scale if known else None,
            output=None if known else call.ints("output_size"),
            mode="align_corners" if mixed else mode, depth=DEPTH, shape=call.stated(),
        )  # fmt: skip

    return add


def pad(mode: str = "") -> Handler:
    """Return what adds a border: pairs for the last axis first."""

    def add(call: Call) -> Tensor:
        x = call.tensor("self")
        flat = call.ints("padding" if mode else "pad")
        filled = call.args.get("mode", "constant")
        own = mode or ("zeros" if filled == "constant" else PAD_MODES.get(str(filled), ""))
        if x.rank is None or len(flat) % 2 or len(flat) > 2 * x.rank or not own:
            raise Unfit
        if own == "zeros" and call.value("value") not in (None, 0):
            own = "constant"
        pairs = [(0, 0)] * x.rank
        for number in range(len(flat) // 2):
            pairs[-1 - number] = (flat[2 * number], flat[2 * number + 1])
        if own == "constant":  # another number than 0
            shape = call.network.shape(x)
            sizes = (
                None
                if shape is None
                else tuple(
                    None if size is None else size + a + b
                    for size, (a, b) in zip(shape, pairs, strict=True)
                )
            )
            return call.network.operation(call.node, [x], [sizes], kept=x)[0]
        return windows.pad(call.network, call.node, x, pairs, own)

    return add


def shuffle(kind: str, factor: str) -> Handler:
    """Return what adds pixel_shuffle or pixel_unshuffle."""

    def add(call: Call) -> Tensor:
        scale = call.integer(factor)
        if scale < 1:
            raise Unfit
        return windows.pixel_shuffle(
            call.network, call.node, kind, call.tensor("self"), scale, depth=DEPTH,
            shape=call.stated(),
        )  # fmt: skip

    return add


def channel_shuffle(call: Call) -> Tensor:
    """Add ShuffleNet's shuffle."""
    x = call.network.with_depth(call.node, call.tensor("self"), DEPTH)
    if x is None:
        raise Unfit
    return call.network.add(call.node, "channel_shuffle", {"groups": call.integer("groups")}, [x])


def _padding(call: Call, axes: int) -> list[int]:
    if call.value("padding") == "valid":
        return [0] * axes
    return call.ints("padding", axes)


def _both(padding: list[int]) -> list[tuple[int, int]]:
    return [(p, p) for p in padding]


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
OPERATORS: Mapping[str, Handler] = {
    **{f"conv{n}d.{word}": convolution for n in (1, 2, 3) for word in ("default", "padding")},
    **dict.fromkeys(("convolution.default", "_convolution.default"), convolution),
    "conv_transpose1d.default": transposed,
    **{f"conv_transpose{n}d.input": transposed for n in (2, 3)},
    **{f"max_pool{n}d.default": pool("max_pool", n) for n in (1, 2, 3)},
    **{f"max_pool{n}d_with_indices.default": pool("max_pool", n) for n in (1, 2, 3)},
    **{f"avg_pool{n}d.default": pool("avg_pool", n) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d.default": adaptive("avg", n) for n in (1, 2, 3)},
    **{f"_adaptive_avg_pool{n}d.default": adaptive("avg", n) for n in (2, 3)},
    **{f"adaptive_max_pool{n}d.default": adaptive("max", n) for n in (1, 2, 3)},
    **{f"upsample_nearest{n}d.vec": upsample("nearest", "input") for n in (1, 2, 3)},
    **{f"upsample_nearest{n}d.default": upsample("nearest", "self") for n in (1, 2, 3)},
    **{f"upsample_{word}{n}d.vec": upsample("bilinear", "input") for n, word in LINEAR.items()},
    **{f"upsample_{word}{n}d.default": upsample("bilinear", "self") for n, word in LINEAR.items()},
    "upsample_bicubic2d.vec": upsample("bicubic", "input"),
    "upsample_bicubic2d.default": upsample("bicubic", "self"),
    "pad.default": pad(),
    "constant_pad_nd.default": pad(),
    **{f"reflection_pad{n}d.default": pad("reflect") for n in (1, 2, 3)},
    **{f"replication_pad{n}d.default": pad("replicate") for n in (1, 2, 3)},
    "pixel_shuffle.default": shuffle("pixel_shuffle", "upscale_factor"),
    "pixel_unshuffle.default": shuffle("pixel_unshuffle", "downscale_factor"),
    "channel_shuffle.default": channel_shuffle,
    "native_channel_shuffle.default": channel_shuffle,
}
