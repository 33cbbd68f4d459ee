"""ONNX' operators with windows, and those that change the resolution."""

from __future__ import annotations

from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.onnx.evaluation.arrays import Unfit
from shapecalc.readers.tensors import windows
from shapecalc.readers.tensors.values import Constant, Tensor

PAD_MODES = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
RESIZE_MODES = {"nearest": "nearest", "linear": "bilinear", "bilinear": "bilinear"}


def conv(call: Call) -> Tensor:
    """Conv: weights are K x D/groups x F."""
    return _conv(call, call.weight(1), call.maybe_weight(2, "bias"))


def quantized_conv(call: Call) -> Tensor:
    """QLinearConv: an input, a scale and a zero point of each array; then the bias."""
    return _conv(call, call.weight(3), _integers(call, 8))


def integer_conv(call: Call) -> Tensor:
    """ConvInteger: 8-bit numbers without a bias."""
    return _conv(call, call.weight(1), None)


def _integers(call: Call, place: int) -> Constant | None:
    """Return a bias of whole numbers."""
    known = call.known(place)
    if known is None or known.shape is None:
        return None
    return Constant(known.key, known.shape, known.key, "bias")


def _conv(call: Call, weight: Constant, bias: Constant | None) -> Tensor:
    shape = weight.shape
    axes = len(shape) - 2
    if axes < 1 or (bias is not None and bias.size != shape[0]):
        raise Unfit
    return windows.conv(
        call.network, call.at, call.tensor(0), weight, bias, K=shape[0], F=shape[2:],
        S=call.each("strides", axes, 1), P=call.padding(axes),
        dilation=call.each("dilations", axes, 1), groups=call.whole("group", 1),
        shape=call.stated,
    )  # fmt: skip


def conv_transpose(call: Call) -> Tensor:
    """ConvTranspose: weights are D x K/groups x F."""
    weight, bias = call.weight(1), call.maybe_weight(2, "bias")
    x, F, axes = call.tensor(0), weight.shape[2:], len(weight.shape) - 2
    groups = call.whole("group", 1)
    S, dilation = call.each("strides", axes, 1), call.each("dilations", axes, 1)
    extra = call.each("output_padding", axes, 0)
    P = call.padding(axes)
    if axes < 1 or min(groups, *S, *dilation) < 1:
        raise Unfit
    if isinstance(P, str) or "output_shape" in call.given:
        P = _paddings(call, x, F, S, dilation, extra, P)
    return windows.conv_transpose(
        call.network, call.at, x, weight, bias, K=weight.shape[1] * groups, F=F, S=S, P=P,
        dilation=dilation, groups=groups, output_padding=extra, shape=call.stated,
    )  # fmt: skip


def _paddings(
    call: Call,
    x: Tensor,
    F: tuple[int, ...],
    S: list[int],
    dilation: list[int],
    extra: list[int],
    P: list[tuple[int, int]] | str,
) -> list[tuple[int, int]]:
    """Return the paddings that give the wanted output: that of the argument, or S times W."""
    axes, shape = len(F), call.network.shape(x)
    if shape is None or None in shape[2:] or len(shape) != axes + 2:
        raise Unfit
    sizes = [size or 0 for size in shape[2:]]
    wanted = [size * step for size, step in zip(sizes, S, strict=True)]
    if "output_shape" in call.given:
        wanted = call.listed("output_shape")[-axes:]  # some have the batch and the depth, too
        if len(wanted) != axes:
            raise Unfit
    pairs = []
    for size, f, step, apart, more, out in zip(sizes, F, S, dilation, extra, wanted, strict=True):
        total = step * (size - 1) + more + (f - 1) * apart + 1 - out
        half = total // 2
        pairs.append((half, total - half) if P == "same" else (total - half, half))
    return pairs


def max_pool(call: Call) -> Tensor:
    """MaxPool; its second output is where the largest values stand."""
    return _pool(call, "max_pool")


def average_pool(call: Call) -> Tensor:
    """AveragePool leaves the padding out of the average unless it is told not to."""
    return _pool(call, "avg_pool", call.whole("count_include_pad", 0) == 1)


def lp_pool(call: Call) -> Tensor | None:
    """LpPool is one of ours where p is 2."""
    return _pool(call, "l2_pool") if call.whole("p", 2) == 2 else None


def _pool(call: Call, kind: str, counts: bool = True) -> Tensor:
    F = call.listed("kernel_shape")
    axes = len(F)
    return windows.pool(
        call.network, call.at, kind, call.tensor(0), F=F, S=call.each("strides", axes, 1),
        P=call.padding(axes), dilation=call.each("dilations", axes, 1),
        ceil=call.whole("ceil_mode", 0) == 1, count_include_pad=counts, shape=call.stated,
    )  # fmt: skip


def _global(kind: str) -> Handler:
    def handler(call: Call) -> Tensor | None:
        x = call.tensor(0)
        if x.rank == 2:  # no positions: each value is its own mean
            return call.network.add(call.at, "identity", {}, [x])
        return windows.global_pool(call.network, call.at, kind, x)

    return handler


def pad(call: Call) -> Tensor | None:
    """Pad: what is put in front on every axis, then what is put behind."""
    x = call.tensor(0)
    pads = call.listed("pads")
    mode = PAD_MODES.get(call.text("mode", "constant"))
    if x.rank is None or mode is None:
        return None
    if call.given.get("value", 0) != 0 and mode == "zeros":
        mode = "values"  # no border of ours: an operation
    axes = call.listed("axes") if "axes" in call.given else [*range(x.rank)]
    if len(pads) != 2 * len(axes):
        raise Unfit
    pairs = [(0, 0)] * x.rank
    for axis, before, behind in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        counted = x.counted(axis)
        if counted is None:
            raise Unfit
        pairs[counted] = (before, behind)
    if mode == "values":
        shape = call.network.shape(x)
        sizes = None if shape is None else tuple(
            None if size is None else size + sum(pair)
            for size, pair in zip(shape, pairs, strict=True)
        )  # fmt: skip
        return call.network.operation(call.at, [x], [sizes], kept=x)[0]
    return windows.pad(call.network, call.at, x, pairs, mode)


def resize(call: Call) -> Tensor | None:
    """Resize and Upsample: factors or sizes of all axes, of which batch and depth stay."""
    x = call.tensor(0)
    mode = RESIZE_MODES.get(call.text("mode", "nearest"), "")
    if "axes" in call.given or x.rank is None:
        return None
    sizes = call.given.get("sizes")
    if isinstance(sizes, list) and sizes:
        output = call.listed("sizes")
        shape = call.network.shape(x)
        if len(output) != x.rank or (shape is not None and tuple(output[:2]) != shape[:2]):
            return None
        return windows.upsample(
            call.network, call.at, x, output=output[2:], mode=mode, shape=tuple(output)
        )
    scales = call.given.get("scales")
    if not isinstance(scales, list) or len(scales) != x.rank or None in scales:
        return None
    if not all(isinstance(scale, int | float) and scale > 0 for scale in scales):
        return None
    known = call.network.shape(x)
    shape = None if known is None else tuple(
        None if size is None else int(size * scale)
        for size, scale in zip(known, scales, strict=True)
    )  # fmt: skip
    if list(scales[:2]) != [1, 1]:
        return call.network.operation(call.at, [x], [shape], kept=x)[0]
    return windows.upsample(
        call.network, call.at, x, scale=scales[2:], mode=mode, shape=shape or call.stated
    )


def depth_to_space(call: Call) -> Tensor:
    """DepthToSpace: the mode CRD is PyTorch's order, DCR TensorFlow's."""
    order = "pytorch" if call.text("mode", "DCR") == "CRD" else "tensorflow"
    return windows.pixel_shuffle(
        call.network, call.at, "pixel_shuffle", call.tensor(0), call.whole("blocksize", 1), order,
        shape=call.stated,
    )  # fmt: skip


def space_to_depth(call: Call) -> Tensor:
    """SpaceToDepth has TensorFlow's order."""
    return windows.pixel_shuffle(
        call.network, call.at, "pixel_unshuffle", call.tensor(0), call.whole("blocksize", 1),
        "tensorflow", shape=call.stated,
    )  # fmt: skip


def max_unpool(call: Call) -> Tensor | None:
    """MaxUnpool: back to where the largest values of a pool stood."""
    pool = call.translation.pools.get(call.node.inputs[1]) if call.has(1) else None
    if pool is None or call.has(2):
        return None
    return call.network.add(call.at, "max_unpool", {"of": pool}, [call.tensor(0)])


OPERATORS: dict[str, Handler] = {
    "AveragePool": average_pool,
    "Conv": conv,
    "ConvInteger": integer_conv,
    "ConvTranspose": conv_transpose,
    "DepthToSpace": depth_to_space,
    "GlobalAveragePool": _global("avg"),
    "GlobalMaxPool": _global("max"),
    "LpPool": lp_pool,
    "MaxPool": max_pool,
    "MaxUnpool": max_unpool,
    "Pad": pad,
    "QLinearConv": quantized_conv,
    "Resize": resize,
    "SpaceToDepth": space_to_depth,
    "Upsample": resize,
}
