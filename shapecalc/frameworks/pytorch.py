"""PyTorch's layers of torch.nn: which kind each is, and what its fields mean.

Fields stand in the order of the constructor.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.frameworks.meanings import (
    ALPHA,
    Field,
    Fields,
    Meaning,
    Stated,
    Word,
    depth,
    depth_axis,
    depth_first_output,
    ignored,
    innermost_first,
    interpolation,
    joined_axis,
    normalized_depth,
    normalized_shape,
    only,
    output_size,
    padding,
    reads,
    recomputed,
    rounding,
    scale_factor,
    seen_by_a_unit,
    slopes,
    unless,
    unless_none,
)

PLACE: Fields = {"device": ignored, "dtype": ignored}
INPLACE: Fields = {"inplace": ignored}
ZEROS = only("zeros", hint="padding is with zeros here")
INDICES = only(False, hint="a pool has one output here, without the places of its values")
STATISTICS = only(True, hint="the running mean and variance are always kept here", harmless=False)
DIM = depth_axis(keras=False)

WINDOW: Fields = {"kernel_size": reads("F"), "stride": reads("S"), "padding": padding}
CONV: Fields = {
    "in_channels": depth,
    "out_channels": reads("K"),
    **WINDOW,
    "dilation": reads("dilation"),
    "groups": reads("groups"),
    "bias": reads("bias"),
    "padding_mode": unless("mode", "zeros"),
    **PLACE,
}
TRANSPOSED: Fields = {
    "in_channels": depth,
    "out_channels": reads("K"),
    **WINDOW,
    "output_padding": reads("output_padding"),
    "groups": reads("groups"),
    "bias": reads("bias"),
    "dilation": reads("dilation"),
    "padding_mode": ZEROS,
    **PLACE,
}
MAX_POOL: Fields = {
    **WINDOW,
    "dilation": reads("dilation"),
    "return_indices": INDICES,
    "ceil_mode": rounding,
}
POOLS_OWN = only(hint="of names the max pool: its F, S and P are meant", harmless=False)
UNPOOL: Fields = dict.fromkeys(("kernel_size", "stride", "padding"), POOLS_OWN)
AVG_POOL: Fields = {
    **WINDOW,
    "ceil_mode": rounding,
    "count_include_pad": reads("count_include_pad"),
    "divisor_override": only(hint="the divisor is the window's size here"),
}
LP_POOL: Fields = {
    "norm_type": only(2, hint="l2_pool is for norm_type 2 alone"),
    "kernel_size": reads("F"),
    "stride": reads("S"),
    "ceil_mode": rounding,
}
BATCH_NORM: Fields = {
    "num_features": depth,
    "eps": reads("eps"),
    "momentum": ignored,
    "affine": reads("affine"),
    "track_running_stats": STATISTICS,
    **PLACE,
    "bias": reads("center"),
}
INSTANCE_NORM: Fields = {
    **BATCH_NORM,
    "track_running_stats": only(False, hint="an instance norm keeps no running statistics here"),
}
SOFTMAX: Fields = {"dim": DIM}
UPSAMPLE: Fields = {
    "size": unless_none("output"),
    "scale_factor": scale_factor,
    "mode": interpolation,
    "align_corners": only(False, hint="centres are half-pixel here, as with align_corners: false"),
    "recompute_scale_factor": recomputed,
}


def _without(fields: Fields, *names: str) -> Fields:
    return {name: field for name, field in fields.items() if name not in names}


def _words() -> Iterator[Word]:
    for axes in (1, 2, 3):
        yield from _windows(axes)
    yield from _norms()
    yield from _elementwise()
    yield _word("Linear", "dense", {
        "in_features": seen_by_a_unit, "out_features": reads("units"), "bias": reads("bias"),
        **PLACE,
    }, shorthand="out_features")  # fmt: skip
    yield _word(
        "LazyLinear",
        "dense",
        {"out_features": reads("units"), "bias": reads("bias"), **PLACE},
        shorthand="out_features",
    )
    whole = only(1, hint="flatten makes one vector of the whole volume")
    last = only(-1, hint="flatten makes one vector of the whole volume")
    yield _word("Flatten", "flatten", {"start_dim": whole, "end_dim": last})
    yield _word("Unflatten", "reshape", {
        "dim": only(1, hint="reshape gives the whole volume: write output"),
        "unflattened_size": depth_first_output,
    }, shorthand="unflattened_size")  # fmt: skip
    yield _word("ChannelShuffle", "channel_shuffle", {"groups": reads("groups")})
    for name, kind, factor in (
        ("PixelShuffle", "pixel_shuffle", "upscale_factor"),
        ("PixelUnshuffle", "pixel_unshuffle", "downscale_factor"),
    ):
        yield _word(name, kind, {factor: reads("scale")}, (2,), shorthand=factor)
    yield _word("Upsample", "upsample", UPSAMPLE, shorthand="scale_factor")
    yield _word("interpolate", "upsample", UPSAMPLE, shorthand="scale_factor")
    nearest = {name: UPSAMPLE[name] for name in ("size", "scale_factor")}
    yield _word("UpsamplingNearest2d", "upsample", nearest, (2,), shorthand="scale_factor")
    yield _word("cat", "concat", {"dim": joined_axis(keras=False)})
    yield _word("LocalResponseNorm", "lrn", {
        name: reads(name) for name in ("size", "alpha", "beta", "k")
    })  # fmt: skip
    yield _word("Dropout", "dropout", {"p": reads("rate"), **INPLACE}, shorthand="p")


def _windows(axes: int) -> Iterator[Word]:
    sides: Field = innermost_first(axes)
    one = (axes,)
    yield _word(f"Conv{axes}d", "conv", CONV, one)
    yield _word(f"LazyConv{axes}d", "conv", _without(CONV, "in_channels"), one)
    yield _word(f"ConvTranspose{axes}d", "conv_transpose", TRANSPOSED, one)
    lazy = _without(TRANSPOSED, "in_channels")
    yield _word(f"LazyConvTranspose{axes}d", "conv_transpose", lazy, one)
    yield _word(f"MaxPool{axes}d", "max_pool", MAX_POOL, one)
    yield _word(f"MaxUnpool{axes}d", "max_unpool", UNPOOL, one)
    yield _word(f"AvgPool{axes}d", "avg_pool", AVG_POOL, one)
    yield _word(f"LPPool{axes}d", "l2_pool", LP_POOL, one, shorthand="kernel_size")
    size: Fields = {"output_size": output_size}
    yield _word(f"AdaptiveAvgPool{axes}d", "adaptive_avg_pool", size, one, shorthand="output_size")
    indices: Fields = {**size, "return_indices": INDICES}
    yield _word(
        f"AdaptiveMaxPool{axes}d", "adaptive_max_pool", indices, one, shorthand="output_size"
    )
    yield _word(f"ZeroPad{axes}d", "pad", {"padding": sides}, one, shorthand="padding")
    for name, mode in (("Reflection", "reflect"), ("Replication", "replicate"), ("Circular",) * 2):
        filled = {"mode": Meaning({"mode": mode.lower()})}
        yield _word(f"{name}Pad{axes}d", "pad", {"padding": sides}, one, filled, "padding")


def _norms() -> Iterator[Word]:
    # PyTorch's instance norm learns nothing unless told so; its lazy one says otherwise
    without = {"affine": Meaning({"affine": False})}
    for axes in (1, 2, 3):
        taken = (0, 1) if axes == 1 else (axes,)
        yield _word(f"BatchNorm{axes}d", "batch_norm", BATCH_NORM, taken)
        lazy = _without(BATCH_NORM, "num_features")
        yield _word(f"LazyBatchNorm{axes}d", "batch_norm", lazy, taken)
        yield _word(f"InstanceNorm{axes}d", "instance_norm", INSTANCE_NORM, (axes,), without)
        lazy = _without(INSTANCE_NORM, "num_features")
        yield _word(f"LazyInstanceNorm{axes}d", "instance_norm", lazy, (axes,))
    yield _word("SyncBatchNorm", "batch_norm", {**BATCH_NORM, "process_group": ignored})
    yield _word("LayerNorm", "layer_norm", {
        "normalized_shape": normalized_shape,
        "eps": reads("eps"),
        "elementwise_affine": reads("affine"),
        "bias": reads("center"),
        **PLACE,
    }, shorthand="normalized_shape")  # fmt: skip
    # its eps is the smallest step of float32 at 1 unless written
    yield _word("RMSNorm", "rms_norm", {
        "normalized_shape": normalized_depth,
        "eps": unless_none("eps"),
        "elementwise_affine": reads("weight"),
        **PLACE,
    }, absent={"eps": Meaning({"eps": 2.0**-23})}, shorthand="normalized_shape")  # fmt: skip
    yield _word("GroupNorm", "group_norm", {
        "num_groups": reads("groups"),
        "num_channels": depth,
        "eps": reads("eps"),
        "affine": reads("affine"),
        **PLACE,
        "bias": reads("center"),
    }, shorthand="num_groups")  # fmt: skip


def _elementwise() -> Iterator[Word]:
    for name, kind in (
        ("ReLU", "relu"), ("ReLU6", "relu6"), ("SELU", "selu"), ("SiLU", "silu"), ("Mish", "mish"),
        ("Hardsigmoid", "hard_sigmoid"), ("Hardswish", "hard_swish"),
    ):  # fmt: skip
        yield _word(name, kind, INPLACE)
    for name in ("Sigmoid", "Tanh"):
        yield _word(name, name.lower(), {})
    yield _word("Softsign", "softsign", {})
    yield _word("Hardtanh", "hard_tanh", {
        "min_val": only(-1, hint="hard_tanh begins at -1 here"),
        "max_val": only(1, hint="hard_tanh ends at 1 here"),
        **INPLACE,
        "min_value": only(-1, hint="hard_tanh begins at -1 here"),
        "max_value": only(1, hint="hard_tanh ends at 1 here"),
    })  # fmt: skip
    yield _word("Identity", "identity", {})
    flat = Meaning(stated=(Stated("axes", (0,)),))  # its dim is the last axis unless written
    yield _word("GLU", "glu", SOFTMAX, absent={"dim": flat}, shorthand="dim")
    yield _word("Softmax", "softmax", SOFTMAX)
    yield _word("Softmax2d", "softmax", {}, (2,))
    yield _word("LogSoftmax", "log_softmax", SOFTMAX)
    yield _word("Softplus", "softplus", {
        "beta": only(1, hint="softplus has beta 1 here"),
        "threshold": only(20, hint="softplus has no threshold here"),
    })  # fmt: skip
    yield _word("GELU", "gelu", {"approximate": only("none", hint="gelu is the exact one here")})
    yield _word("ELU", "elu", {"alpha": ALPHA, **INPLACE})
    yield _word(
        "LeakyReLU",
        "leaky_relu",
        {"negative_slope": reads("slope"), **INPLACE},
        shorthand="negative_slope",
        but="the slope is 0.01 as PyTorch's, Keras' is 0.3",
    )
    yield _word(
        "PReLU",
        "prelu",
        {
            "num_parameters": slopes,
            "init": only(0.25, hint="a prelu's slopes start at 0.25 here"),
            **PLACE,
        },
        shorthand="num_parameters",
        but="it has one slope as PyTorch's, Keras' has one a value",
    )


def _word(
    name: str,
    kind: str,
    fields: Fields,
    axes: tuple[int, ...] = (),
    absent: dict[str, Meaning] | None = None,
    shorthand: str | None = None,
    but: str = "",
) -> Word:
    return Word(name, "PyTorch", kind, fields, axes, absent or {}, shorthand, but)


WORDS: tuple[Word, ...] = tuple(_words())
