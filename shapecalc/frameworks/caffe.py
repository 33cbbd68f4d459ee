"""The words of Caffe: its types of layers in three dialects, and which kinds they are here.

A type is written in small letters without `_`: InnerProduct and INNER_PRODUCT are innerproduct.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_AXES = 8  # of a blob without its batch, as many as volumes have here

# Of V0, other words for what V2 has.
V0_FIELDS = {"kernel_size": "kernelsize", "bias_term": "biasterm", "crop_size": "cropsize"}
V0_TYPES: Mapping[str, str] = {
    "conv": "convolution",
    "pool": "pooling",
    "images": "imagedata",
    "softmaxloss": "softmaxwithloss",
}
V1_TYPES: Mapping[str, str] = {"softmaxloss": "softmaxwithloss"}

# Of each value, or along the depth: the kind and its fields.
PLAIN: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "absval": ("abs", {}),
    "bnll": ("softplus", {}),
    "mish": ("mish", {}),
    "relu6": ("relu6", {}),
    "sigmoid": ("sigmoid", {}),
    "softsign": ("softsign", {}),
    "tanh": ("tanh", {}),
}
# Nothing comes out of them that a network is asked for.
MEASURES = frozenset((
    "accuracy", "contrastiveloss", "detectionevaluate", "euclideanloss", "hingeloss",
    "infogainloss", "multiboxloss", "multinomiallogisticloss", "sigmoidcrossentropyloss",
    "smoothl1loss", "softmaxwithloss",
))  # fmt: skip
SINKS = frozenset(("silence", "hdf5output"))
