"""Keras' layers of keras.layers: which kind each is, and what its fields mean.

Fields stand in the order of the constructor.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.frameworks.meanings import (
    ALPHA,
    PER_VALUE,
    Fields,
    Meaning,
    Word,
    activation,
    center,
    depth_axis,
    ignored,
    interpolation,
    joined_axis,
    normalized_axes,
    only,
    output_size,
    padding,
    permutation,
    reads,
    scale,
    scale_factor,
    shared_axes,
    two_sides,
    unless,
    unless_none,
    values,
    volume,
)

LAST = only(
    "channels_last",
    hint="leave it out: volumes are height x width x depth, the depth last",
    removed=True,
)
FORMAT: Fields = {"data_format": LAST}
LAYER: Fields = {  # of every layer
    "input_shape": volume,
    "batch_input_shape": volume,
    "input_dim": values,
    "dtype": ignored,
    "autocast": ignored,
    "trainable": unless("trainable", True),
}
AXIS: Fields = {"axis": depth_axis(keras=True)}
BIAS: Fields = {"activation": activation, "use_bias": reads("bias")}


def _learned(*names: str) -> Fields:
    """How parameters start, are penalised and bounded: nothing that is computed here."""
    after = ("initializer", "regularizer", "constraint")
    return {
        **{f"{name}_{what}": ignored for what in after for name in names},
        "activity_regularizer": ignored,
    }


WINDOW: Fields = {"strides": reads("S"), "padding": padding}
CONV: Fields = {
    "filters": reads("K"),
    "kernel_size": reads("F"),
    **WINDOW,
    **FORMAT,
    "dilation_rate": reads("dilation"),
    "groups": reads("groups"),
    **BIAS,
    **_learned("kernel", "bias"),
}
DEPTHWISE: Fields = {
    "kernel_size": reads("F"),
    **WINDOW,
    "depth_multiplier": reads("multiplier"),
    **FORMAT,
    "dilation_rate": reads("dilation"),
    **BIAS,
    **_learned("depthwise", "bias"),
}
SEPARABLE: Fields = {
    "filters": reads("K"),
    "kernel_size": reads("F"),
    **WINDOW,
    **FORMAT,
    "dilation_rate": reads("dilation"),
    "depth_multiplier": reads("multiplier"),
    **BIAS,
    **_learned("depthwise", "pointwise", "bias"),
}
LOCAL: Fields = {  # of Keras 2
    "filters": reads("K"),
    "kernel_size": reads("F"),
    **WINDOW,
    **FORMAT,
    **BIAS,
    **_learned("kernel", "bias"),
    "implementation": ignored,
}
TRANSPOSED: Fields = {
    "filters": reads("K"),
    "kernel_size": reads("F"),
    **WINDOW,
    "output_padding": reads("output_padding"),
    **FORMAT,
    "dilation_rate": reads("dilation"),
    **BIAS,
    **_learned("kernel", "bias"),
}
POOL: Fields = {"pool_size": reads("F"), **WINDOW, **FORMAT}
NORM: Fields = {
    **AXIS,
    "epsilon": reads("eps"),
    "center": center,
    "scale": scale,
    **_learned("beta", "gamma"),
}
BATCH_NORM: Fields = {
    **AXIS,
    "momentum": ignored,
    **NORM,
    **_learned("moving_mean", "moving_variance"),
    "renorm": only(False, hint="there is no renormalization here"),
    "renorm_clipping": ignored,
    "renorm_momentum": ignored,
    "synchronized": ignored,
    "virtual_batch_size": only(hint="there is no virtual batch here"),
}
EPSILON = {"epsilon": Meaning({"eps": 1e-3})}


def _words() -> Iterator[Word]:
    for axes in (1, 2, 3):
        yield from _windows(axes)
        yield from _borders(axes)
    yield from _norms()
    yield from _elementwise()
    yield _word("Dense", "dense", {
        "units": reads("units"),
        **BIAS,
        **_learned("kernel", "bias"),
        "lora_rank": only(hint="there is no low rank adaptation here", harmless=False),
    })  # fmt: skip
    yield _word("Flatten", "flatten", FORMAT)
    yield _word("Permute", "transpose", {"dims": permutation}, shorthand="dims")
    yield _word("Reshape", "reshape", {"target_shape": reads("output")}, shorthand="target_shape")
    for name in ("Add", "Subtract", "Multiply", "Maximum", "Average"):
        yield _word(name, name.lower(), {})
    yield _word("Concatenate", "concat", {"axis": joined_axis(keras=True)})
    yield _word("Dropout", "dropout", {
        "rate": reads("rate"),
        "noise_shape": only(hint="every value is dropped on its own here"),
        "seed": ignored,
    })  # fmt: skip


def _windows(axes: int) -> Iterator[Word]:
    one = (axes,)
    for conv in (f"Conv{axes}D", f"Convolution{axes}D"):
        yield _word(conv, "conv", CONV, one)
        # Keras' valid is no padding of the transposed window, but the size it came from
        valid = {"padding": Meaning({"P": "valid"})}
        yield _word(f"{conv}Transpose", "conv_transpose", TRANSPOSED, one, valid)
    if axes < 3:
        yield _word(f"DepthwiseConv{axes}D", "depthwise_conv", DEPTHWISE, one)
        for name in (f"SeparableConv{axes}D", f"SeparableConvolution{axes}D"):
            yield _word(name, "separable_conv", SEPARABLE, one)
        yield _word(f"LocallyConnected{axes}D", "local_conv", LOCAL, one)
    size = {"pool_size": Meaning({"F": 2})}
    for name in (f"MaxPooling{axes}D", f"MaxPool{axes}D"):
        yield _word(name, "max_pool", POOL, one, size, shorthand="pool_size")
    for name in (f"AveragePooling{axes}D", f"AvgPool{axes}D"):
        yield _word(name, "avg_pool", POOL, one, shorthand="pool_size")
    whole: Fields = {**FORMAT, "keepdims": reads("keep")}
    flat = {"keepdims": Meaning({"keep": False})}
    for name, kind in (
        ("GlobalMaxPooling", "global_max_pool"), ("GlobalMaxPool", "global_max_pool"),
        ("GlobalAveragePooling", "global_avg_pool"), ("GlobalAvgPool", "global_avg_pool"),
    ):  # fmt: skip
        yield _word(f"{name}{axes}D", kind, whole, one, flat)
    given: Fields = {"output_size": output_size, **FORMAT}
    for name, kind in (("Max", "adaptive_max_pool"), ("Average", "adaptive_avg_pool")):
        yield _word(f"Adaptive{name}Pooling{axes}D", kind, given, one, shorthand="output_size")


def _borders(axes: int) -> Iterator[Word]:
    one = (axes,)
    sides = two_sides if axes == 1 else reads("P")
    pad: Fields = {"padding": sides, **FORMAT}
    yield _word(
        f"ZeroPadding{axes}D", "pad", pad, one, {"padding": Meaning({"P": 1})}, shorthand="padding"
    )
    crop: Fields = {"cropping": sides, **FORMAT}
    least = 0 if axes == 2 else 1
    yield _word(
        f"Cropping{axes}D", "crop", crop, one, {"cropping": Meaning({"P": least})},
        shorthand="cropping",
    )  # fmt: skip
    enlarged: Fields = {"size": scale_factor, **FORMAT, "interpolation": interpolation}
    twice = {"size": Meaning({"scale": 2})}
    yield _word(f"UpSampling{axes}D", "upsample", enlarged, one, twice, shorthand="size")


def _norms() -> Iterator[Word]:
    yield _word("BatchNormalization", "batch_norm", BATCH_NORM, (), EPSILON)
    yield _word("LayerNormalization", "layer_norm", {
        **NORM, "axis": normalized_axes,
        "rms_scaling": only(False, hint="layer_norm subtracts the mean here"),
    }, (), EPSILON)  # fmt: skip
    yield _word("RMSNormalization", "rms_norm", {**AXIS, "epsilon": reads("eps")})
    yield _word("UnitNormalization", "l2_normalize", AXIS)
    yield _word("Rescaling", "scale", {"scale": reads("weight"), "offset": reads("bias")})
    groups = {**EPSILON, "groups": Meaning({"groups": 32})}
    yield _word("GroupNormalization", "group_norm", {"groups": reads("groups"), **NORM}, (), groups)


def _elementwise() -> Iterator[Word]:
    yield _word("ReLU", "relu", {
        "max_value": unless_none("max"),
        "negative_slope": unless_none("slope"),
        "threshold": unless_none("threshold"),
    })  # fmt: skip
    slope = reads("slope")
    yield _word("LeakyReLU", "leaky_relu", {
        "negative_slope": slope, "alpha": slope,
    }, (), {"negative_slope": Meaning({"slope": 0.3})}, shorthand="negative_slope")  # fmt: skip
    yield _word("PReLU", "prelu", {
        **_learned("alpha"), "shared_axes": shared_axes,
    }, (), {"shared_axes": PER_VALUE}, shorthand="shared_axes")  # fmt: skip
    yield _word("ELU", "elu", {"alpha": ALPHA})
    yield _word("Softmax", "softmax", AXIS)
    yield _word("Identity", "identity", {})
    yield _word("Activation", "", {"activation": ignored}, shorthand="activation")


def _word(
    name: str,
    kind: str,
    fields: Fields,
    axes: tuple[int, ...] = (),
    absent: dict[str, Meaning] | None = None,
    shorthand: str | None = None,
) -> Word:
    return Word(name, "Keras", kind, {**fields, **LAYER}, axes, absent or {}, shorthand)


WORDS: tuple[Word, ...] = tuple(_words())
