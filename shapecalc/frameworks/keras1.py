"""Keras 1's layers in the words of Keras 2 and 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CLASSES: Mapping[str, str] = {
    **{f"Convolution{axes}D": f"Conv{axes}D" for axes in (1, 2, 3)},
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
}
MERGES: Mapping[str, str] = {  # by the mode of a Merge
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
FIELDS: Mapping[str, str] = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "border_mode": "padding",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "pool_length": "pool_size",
    "bias": "use_bias",
    "output_dim": "units",
    "p": "rate",
    "length": "size",
    "concat_axis": "axis",
}
SIZES = ("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")
OF_EMBEDDING = "output_dim"  # which is its word in all versions
ORDERS = {"tf": "channels_last", "th": "channels_first"}
SIDES = ("left_pad", "right_pad"), ("top_pad", "bottom_pad"), ("left_pad", "right_pad")
KEYS = frozenset((*FIELDS, *(key for keys in SIZES for key in keys)))


def modern(class_name: str, config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return a layer's class and configuration as later versions have them.

    What is not of Keras 1 is returned as it is.
    """
    if class_name == "Merge" and isinstance(config.get("mode"), str):
        class_name = MERGES.get(config["mode"], class_name)
    elif class_name.startswith("ZeroPadding"):
        return class_name, {**config, "padding": _sides(class_name, config.get("padding"))}
    if KEYS.isdisjoint(config):
        return CLASSES.get(class_name, class_name), config
    found: dict[str, Any] = {}
    for key, value in config.items():
        known = key in FIELDS and not (class_name == "Embedding" and key == OF_EMBEDDING)
        found[FIELDS[key] if known else key] = value
    for keys in SIZES:
        if all(key in config for key in keys):
            found["kernel_size"] = [config[key] for key in keys]
    order = found.get("data_format")
    if isinstance(order, str):
        found["data_format"] = ORDERS.get(order, order)
    return CLASSES.get(class_name, class_name), found


def _sides(class_name: str, padding: Any) -> Any:
    """Return a border as later versions have it: both sides of each axis.

    It was also written as [top, bottom, left, right] and as a mapping of them.
    """
    one = class_name == "ZeroPadding1D"
    if isinstance(padding, Mapping):
        axes = SIDES[:1] if one else SIDES[1:]
        pairs = [[padding.get(side, 0) for side in sides] for sides in axes]
        return pairs[0] if one else pairs
    if isinstance(padding, list) and len(padding) == 4:
        return [padding[:2], padding[2:]]
    return padding
