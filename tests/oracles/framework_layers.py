"""Layers of PyTorch and Keras as their users write them, each with the same layer in our words.

Written by hand from the frameworks' documentation; nothing here comes from the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

SIZE = 11
DEPTH = 4


class Case(NamedTuple):
    """A layer of a framework, the same one of ours, and the volume that it meets."""

    framework: str
    name: str
    theirs: dict[str, Any]
    ours: Any  # an item of a list of layers
    volume: tuple[int, ...]


def volume_of(axes: int) -> tuple[int, ...]:
    """Return a volume with so many spatial axes."""
    return (*(SIZE,) * axes, DEPTH)


def cases() -> Iterator[Case]:
    """Yield every layer with and without its optional fields."""
    for axes in (1, 2, 3):
        for case in (*_torch(axes), *_keras(axes)):
            yield Case(*case, volume_of(axes))
    for name, theirs, ours in TORCH_ANY:
        yield Case("PyTorch", name, theirs, ours, (SIZE, SIZE, DEPTH))
    for name, theirs, ours in TORCH_FLAT:
        yield Case("PyTorch", name, theirs, ours, (20,))
    for name, theirs, ours in KERAS_ANY:
        yield Case("Keras", name, theirs, ours, (SIZE, SIZE, DEPTH))
    for name, theirs, ours in KERAS_FLAT:
        yield Case("Keras", name, theirs, ours, (20,))


Item = tuple[str, str, dict[str, Any], Any]


def _torch(n: int) -> Iterator[Item]:
    """PyTorch's layers with a number of axes in their name."""
    given = {"out_channels": 6, "kernel_size": 3}
    conv = {
        **given, "stride": 2, "padding": 1, "dilation": 1, "groups": 2, "bias": False,
        "padding_mode": "zeros",
    }  # fmt: skip
    ours = {"K": 6, "F": 3, "S": 2, "P": 1, "groups": 2, "bias": False}
    for name, more in ((f"Conv{n}d", {"in_channels": DEPTH}), (f"LazyConv{n}d", {})):
        yield "PyTorch", name, {**more, **given}, {"conv": {"K": 6, "F": 3}}
        yield "PyTorch", name, {**more, **conv}, {"conv": ours}
    transposed = {**conv, "output_padding": 1}
    for name, more in (
        (f"ConvTranspose{n}d", {"in_channels": DEPTH}), (f"LazyConvTranspose{n}d", {})
    ):  # fmt: skip
        yield "PyTorch", name, {**more, **given}, {"conv_transpose": {"K": 6, "F": 3}}
        yield (
            "PyTorch",
            name,
            {**more, **transposed},
            {"conv_transpose": {**ours, "output_padding": 1}},
        )
    pool = {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}
    yield "PyTorch", f"MaxPool{n}d", {"kernel_size": 11}, {"max_pool": 11}
    yield (
        "PyTorch",
        f"MaxPool{n}d",
        {**pool, "dilation": 1, "return_indices": False},
        {"max_pool": {"F": 3, "S": 2, "P": 1, "rounding": "ceil"}},
    )
    yield (
        "PyTorch",
        f"MaxPool{n}d",
        {"kernel_size": 2, "ceil_mode": False},
        {"max_pool": {"F": 2, "rounding": "floor"}},
    )
    more = {"divisor_override": None} if n > 1 else {}
    yield (
        "PyTorch",
        f"AvgPool{n}d",
        {**pool, "count_include_pad": False, **more},
        {"avg_pool": {"F": 3, "S": 2, "P": 1, "rounding": "ceil", "count_include_pad": False}},
    )
    lp = {"norm_type": 2, "kernel_size": 3, "stride": 2}
    yield (
        "PyTorch",
        f"LPPool{n}d",
        {**lp, "ceil_mode": False},
        {"l2_pool": {"F": 3, "S": 2, "rounding": "floor"}},
    )
    yield "PyTorch", f"AdaptiveAvgPool{n}d", {"output_size": 3}, {"adaptive_avg_pool": 3}
    yield (
        "PyTorch",
        f"AdaptiveAvgPool{n}d",
        {"output_size": [3] * n},
        {"adaptive_avg_pool": [3] * n},
    )
    yield (
        "PyTorch",
        f"AdaptiveMaxPool{n}d",
        {"output_size": 3, "return_indices": False},
        {"adaptive_max_pool": 3},
    )
    sides = {1: [1, 2], 2: [1, 2, 3, 4], 3: [1, 2, 3, 4, 5, 6]}[n]  # the last axis first
    pairs = {1: [[1, 2]], 2: [[3, 4], [1, 2]], 3: [[5, 6], [3, 4], [1, 2]]}[n]
    yield "PyTorch", f"ZeroPad{n}d", {"padding": 2}, {"pad": 2}
    yield "PyTorch", f"ZeroPad{n}d", {"padding": sides}, {"pad": {"P": pairs}}
    norm = {"eps": 0.1, "momentum": 0.2, "affine": False}
    for name, more in ((f"BatchNorm{n}d", {"num_features": DEPTH}), (f"LazyBatchNorm{n}d", {})):
        yield "PyTorch", name, dict(more), "batch_norm"
        yield (
            "PyTorch",
            name,
            {**more, **norm, "track_running_stats": True, "bias": True},
            {"batch_norm": {"eps": 0.1, "affine": False}},
        )
    features = {"num_features": DEPTH}
    yield "PyTorch", f"InstanceNorm{n}d", features, {"instance_norm": {"affine": False}}
    yield "PyTorch", f"InstanceNorm{n}d", {**features, "affine": True}, "instance_norm"
    yield "PyTorch", f"InstanceNorm{n}d", {
        **features, **norm, "track_running_stats": False, "bias": True,
    }, {"instance_norm": {"eps": 0.1, "affine": False}}  # fmt: skip
    yield "PyTorch", f"LazyInstanceNorm{n}d", {}, "instance_norm"
    yield "PyTorch", f"LazyInstanceNorm{n}d", {
        **norm, "track_running_stats": False, "bias": True,
    }, {"instance_norm": {"eps": 0.1, "affine": False}}  # fmt: skip
    yield "PyTorch", "Upsample", {"scale_factor": 2}, {"upsample": 2}
    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[n]
    yield "PyTorch", "Upsample", {
        "size": None, "scale_factor": [2.0] * n, "mode": mode, "align_corners": False,
        "recompute_scale_factor": None,
    }, {"upsample": {"scale": [2] * n, "mode": "bilinear"}}  # fmt: skip


TORCH_ANY: list[tuple[str, dict[str, Any], Any]] = [
    ("UpsamplingNearest2d", {"size": None, "scale_factor": 2}, {"upsample": 2}),
    ("SyncBatchNorm", {
        "num_features": DEPTH, "eps": 0.1, "momentum": 0.2, "affine": True,
        "track_running_stats": True, "process_group": None, "bias": True,
    }, {"batch_norm": {"eps": 0.1}}),
    ("GroupNorm", {"num_groups": 2, "num_channels": DEPTH}, {"group_norm": 2}),
    ("GroupNorm", {
        "num_groups": 2, "num_channels": DEPTH, "eps": 0.1, "affine": False, "bias": True,
    }, {"group_norm": {"groups": 2, "eps": 0.1, "affine": False}}),
    ("GroupNorm", {"num_groups": 2, "num_channels": DEPTH, "bias": False}, {
        "group_norm": {"groups": 2, "center": False}
    }),
    ("LayerNorm", {"normalized_shape": [DEPTH, SIZE, SIZE]}, {"layer_norm": {"over": "all"}}),
    ("LayerNorm", {"normalized_shape": [DEPTH, SIZE, SIZE], "eps": 0.1, "bias": False}, {
        "layer_norm": {"over": "all", "eps": 0.1, "center": False}
    }),
    ("BatchNorm2d", {"num_features": DEPTH, "bias": False}, {"batch_norm": {"center": False}}),
    ("LocalResponseNorm", {"size": 3}, {"lrn": 3}),
    ("LocalResponseNorm", {"size": 3, "alpha": 0.1, "beta": 0.5, "k": 2.0}, {
        "lrn": {"size": 3, "alpha": 0.1, "beta": 0.5, "k": 2.0}
    }),
    ("Softmax2d", {}, "softmax"),
    ("Softmax", {"dim": 1}, "softmax"),
    ("Softmax", {"dim": -3}, "softmax"),
    ("LogSoftmax", {"dim": 1}, "log_softmax"),
    ("Flatten", {}, "flatten"),
    ("Flatten", {"start_dim": 1, "end_dim": -1}, "flatten"),
    ("Dropout", {"p": 0.3, "inplace": False}, {"dropout": 0.3}),
    ("ReLU", {"inplace": True}, "relu"),
    ("ReLU6", {"inplace": False}, "relu6"),
    ("SELU", {"inplace": False}, "selu"),
    ("SiLU", {"inplace": False}, "silu"),
    ("Mish", {"inplace": False}, "mish"),
    ("Hardsigmoid", {"inplace": False}, "hard_sigmoid"),
    ("Hardswish", {"inplace": False}, "hard_swish"),
    ("Sigmoid", {}, "sigmoid"),
    ("Tanh", {}, "tanh"),
    ("Softplus", {"beta": 1, "threshold": 20}, "softplus"),
    ("GELU", {"approximate": "none"}, "gelu"),
    ("ELU", {"alpha": 1.0, "inplace": False}, "elu"),
    ("Softsign", {}, "softsign"),
    ("Hardtanh", {"min_val": -1.0, "max_val": 1.0, "inplace": False}, "hard_tanh"),
    ("Hardtanh", {"min_value": -1.0, "max_value": 1.0}, "hard_tanh"),
    ("ChannelShuffle", {"groups": 2}, {"channel_shuffle": 2}),
    ("PixelShuffle", {"upscale_factor": 2}, {"pixel_shuffle": 2}),
    ("PixelUnshuffle", {"downscale_factor": 11}, {"pixel_unshuffle": 11}),
    ("Identity", {}, "identity"),
    ("GLU", {"dim": 1}, "glu"),
    ("LeakyReLU", {"negative_slope": 0.2, "inplace": False}, {"leaky_relu": 0.2}),
    ("LeakyReLU", {}, "leaky_relu"),
    ("PReLU", {}, "prelu"),
    ("PReLU", {"num_parameters": 1, "init": 0.25}, "prelu"),
    ("PReLU", {"num_parameters": DEPTH}, {"prelu": {"slopes": "per_slice"}}),
]  # fmt: skip

TORCH_FLAT: list[tuple[str, dict[str, Any], Any]] = [
    ("Linear", {"in_features": 20, "out_features": 3}, {"dense": 3}),
    ("Linear", {"in_features": 20, "out_features": 3, "bias": False}, {
        "dense": {"units": 3, "bias": False}
    }),
    ("LazyLinear", {"out_features": 3, "bias": True}, {"dense": 3}),
    ("Unflatten", {"dim": 1, "unflattened_size": [5, 2, 2]}, {"reshape": "2x2x5"}),
    ("BatchNorm1d", {"num_features": 20}, "batch_norm"),
    ("LazyBatchNorm1d", {}, "batch_norm"),
    ("LayerNorm", {"normalized_shape": 20}, "layer_norm"),
    ("LayerNorm", {
        "normalized_shape": [20], "eps": 0.1, "elementwise_affine": False, "bias": True,
    }, {"layer_norm": {"eps": 0.1, "affine": False}}),
    ("RMSNorm", {"normalized_shape": 20, "eps": 0.1}, {"rms_norm": {"eps": 0.1}}),
    ("RMSNorm", {"normalized_shape": [20], "eps": 0.1, "elementwise_affine": False}, {
        "rms_norm": {"eps": 0.1, "weight": False}
    }),
    ("Softmax", {"dim": -1}, "softmax"),
]  # fmt: skip

LEARNED = ("initializer", "regularizer", "constraint")


def _learned(*names: str) -> dict[str, None]:
    return {f"{name}_{what}": None for name in names for what in LEARNED if what != "initializer"}


def _keras(n: int) -> Iterator[Item]:
    """Keras' layers with a number of axes in their name."""
    given = {"filters": 6, "kernel_size": 3}
    form = {"data_format": "channels_last"}
    plain = {"activation": None, "use_bias": False, **form}
    more = {
        "kernel_initializer": "zeros", "bias_initializer": "zeros", **_learned("kernel", "bias"),
        "activity_regularizer": None,
    }  # fmt: skip
    for name in (f"Conv{n}D", f"Convolution{n}D"):
        yield "Keras", name, given, {"conv": {"K": 6, "F": 3}}
        yield "Keras", name, {
            **given, "strides": 2, "padding": "same", "dilation_rate": 1, "groups": 2, **plain,
            **more,
        }, {"conv": {"K": 6, "F": 3, "S": 2, "P": "same", "groups": 2, "bias": False}}  # fmt: skip
        yield (
            "Keras",
            name,
            {**given, "dilation_rate": 2, "activation": "linear"},
            {"conv": {"K": 6, "F": 3, "dilation": 2}},
        )
    for name in (f"Conv{n}DTranspose", f"Convolution{n}DTranspose"):
        yield (
            "Keras",
            name,
            {**given, "strides": 4},
            {"conv_transpose": {"K": 6, "F": 3, "S": 4, "P": "valid"}},
        )
        yield "Keras", name, {
            **given, "strides": 2, "padding": "same", "dilation_rate": 1, **plain, **more,
        }, {"conv_transpose": {"K": 6, "F": 3, "S": 2, "P": "same", "bias": False}}  # fmt: skip
        yield (
            "Keras",
            name,
            {**given, "strides": 2, "padding": "same", "output_padding": 1},
            {"conv_transpose": {"K": 6, "F": 3, "S": 2, "P": "same", "output_padding": 1}},
        )
    if n < 3:
        yield "Keras", f"DepthwiseConv{n}D", {"kernel_size": 3}, {"depthwise_conv": 3}
        yield (
            "Keras",
            f"DepthwiseConv{n}D",
            {
                "kernel_size": 3,
                "strides": 2,
                "padding": "same",
                "depth_multiplier": 2,
                "dilation_rate": 1,
                **plain,
                "depthwise_initializer": "zeros",
                "bias_initializer": "zeros",
                **_learned("depthwise", "bias"),
                "activity_regularizer": None,
            },
            {"depthwise_conv": {"F": 3, "S": 2, "P": "same", "multiplier": 2, "bias": False}},
        )
    for name in (f"MaxPooling{n}D", f"MaxPool{n}D"):
        yield "Keras", name, {"padding": "same", **form}, {"max_pool": {"F": 2, "P": "same"}}
        yield "Keras", name, {"pool_size": 3, "strides": 2}, {"max_pool": {"F": 3, "S": 2}}
    for name in (f"AveragePooling{n}D", f"AvgPool{n}D"):
        yield (
            "Keras",
            name,
            {"pool_size": 2, "strides": None, "padding": "same", **form},
            {"avg_pool": {"F": 2, "P": "same"}},
        )
    for name, kind in (
        ("GlobalMaxPooling", "global_max_pool"), ("GlobalMaxPool", "global_max_pool"),
        ("GlobalAveragePooling", "global_avg_pool"), ("GlobalAvgPool", "global_avg_pool"),
    ):  # fmt: skip
        yield "Keras", f"{name}{n}D", {"keepdims": True, **form}, kind
        yield "Keras", f"{name}{n}D", {}, {kind: {"keep": False}}
    for name, kind in (("Max", "adaptive_max_pool"), ("Average", "adaptive_avg_pool")):
        yield "Keras", f"Adaptive{name}Pooling{n}D", {"output_size": 3, **form}, {kind: 3}
    pairs = [[1, 2], [3, 4], [5, 6]][:n]
    two = pairs[0] if n == 1 else pairs
    yield "Keras", f"ZeroPadding{n}D", form, {"pad": 1}
    yield "Keras", f"ZeroPadding{n}D", {"padding": two}, {"pad": {"P": pairs}}
    yield "Keras", f"Cropping{n}D", {} if n == 1 else form, {"crop": 0 if n == 2 else 1}
    cut = [1, 2] if n == 1 else [[1, 2]] * n
    yield "Keras", f"Cropping{n}D", {"cropping": cut}, {"crop": {"P": [[1, 2]] * n}}
    yield "Keras", f"UpSampling{n}D", {} if n == 1 else form, {"upsample": 2}
    yield "Keras", f"UpSampling{n}D", {"size": 3}, {"upsample": 3}
    if n == 2:
        yield (
            "Keras",
            "UpSampling2D",
            {"size": 2, "interpolation": "bilinear"},
            {"upsample": {"scale": 2, "mode": "bilinear"}},
        )


NORM = {
    "beta_initializer": "zeros", "gamma_initializer": "ones", **_learned("beta", "gamma"),
}  # fmt: skip

KERAS_ANY: list[tuple[str, dict[str, Any], Any]] = [
    ("BatchNormalization", {}, {"batch_norm": {"eps": 0.001}}),
    ("BatchNormalization", {
        "axis": -1, "momentum": 0.9, "epsilon": 0.1, "center": False, "scale": False, **NORM,
        "moving_mean_initializer": "zeros", "moving_variance_initializer": "ones",
        "synchronized": False, "renorm": False, "renorm_clipping": None, "renorm_momentum": 0.9,
    }, {"batch_norm": {"eps": 0.1, "affine": False}}),
    ("BatchNormalization", {"axis": 3, "center": True, "scale": True}, {
        "batch_norm": {"eps": 0.001}
    }),
    ("BatchNormalization", {"scale": False}, {"batch_norm": {"eps": 0.001, "scale": False}}),
    ("BatchNormalization", {"center": False, "epsilon": 0.1}, {
        "batch_norm": {"eps": 0.1, "center": False}
    }),
    ("LayerNormalization", {"axis": [1, 2, 3], "scale": False}, {
        "layer_norm": {"over": "all", "eps": 0.001, "scale": False}
    }),
    ("LayerNormalization", {"axis": [-3, -2, -1]}, {"layer_norm": {"over": "all", "eps": 0.001}}),
    ("LayerNormalization", {}, {"layer_norm": {"eps": 0.001}}),
    ("LayerNormalization", {
        "axis": -1, "epsilon": 0.1, "center": False, "scale": False, **NORM,
    }, {"layer_norm": {"eps": 0.1, "affine": False}}),
    ("GroupNormalization", {"groups": 2}, {"group_norm": {"groups": 2, "eps": 0.001}}),
    ("GroupNormalization", {
        "groups": 2, "axis": -1, "epsilon": 0.1, "center": True, "scale": True, **NORM,
    }, {"group_norm": {"groups": 2, "eps": 0.1}}),
    ("Flatten", {"data_format": "channels_last"}, "flatten"),
    ("Reshape", {"target_shape": [SIZE * SIZE, DEPTH]}, {"reshape": "121x4"}),
    ("Dropout", {"rate": 0.3, "noise_shape": None, "seed": 1}, {"dropout": 0.3}),
    ("ReLU", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}, "relu"),
    ("ReLU", {"max_value": 6, "negative_slope": 0.2, "threshold": 1}, {
        "relu": {"max": 6, "slope": 0.2, "threshold": 1}
    }),
    ("Permute", {"dims": [2, 3, 1]}, {"transpose": [1, 2, 0]}),
    ("RMSNormalization", {"axis": -1, "epsilon": 0.1}, {"rms_norm": {"eps": 0.1}}),
    ("UnitNormalization", {"axis": -1}, "l2_normalize"),
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, {"scale": {"weight": 0.5, "bias": -1}}),
    ("Identity", {}, "identity"),
    ("Activation", {"activation": "softsign"}, "softsign"),
    ("Activation", {"activation": "exponential"}, "exp"),
    ("Activation", {"activation": "hard_tanh"}, "hard_tanh"),
    ("Activation", {"activation": "glu"}, "glu"),
    ("LeakyReLU", {"negative_slope": 0.2}, {"leaky_relu": 0.2}),
    ("PReLU", {"shared_axes": [1, 2]}, {"prelu": {"slopes": "per_slice"}}),
    ("PReLU", {"shared_axes": None}, {"prelu": {"slopes": "per_value"}}),
    ("PReLU", {"alpha_initializer": "zeros"}, {"prelu": {"slopes": "per_value"}}),
    ("ELU", {"alpha": 1.0}, "elu"),
    ("Softmax", {"axis": -1}, "softmax"),
    ("Activation", {"activation": "relu"}, "relu"),
    ("Activation", {"activation": "swish"}, "silu"),
    ("Activation", {"activation": "leaky_relu"}, {"leaky_relu": 0.2}),
]  # fmt: skip

KERAS_FLAT: list[tuple[str, dict[str, Any], Any]] = [
    ("Dense", {"units": 3}, {"dense": 3}),
    ("Dense", {
        "units": 3, "activation": "linear", "use_bias": False, "kernel_initializer": "zeros",
        "bias_initializer": "zeros", **_learned("kernel", "bias"), "activity_regularizer": None,
        "lora_rank": None,
    }, {"dense": {"units": 3, "bias": False}}),
    ("Softmax", {"axis": 1}, "softmax"),
]  # fmt: skip

# Layers with several inputs, by the kind they are: written with `from`, which no constructor has.
MERGES = {
    ("Keras", "Add"): ("add", {}),
    ("Keras", "Subtract"): ("subtract", {}),
    ("Keras", "Multiply"): ("multiply", {}),
    ("Keras", "Maximum"): ("maximum", {}),
    ("Keras", "Average"): ("average", {}),
    ("Keras", "Concatenate"): ("concat", {"axis": -1}),
    ("PyTorch", "cat"): ("concat", {"dim": 1}),
}
