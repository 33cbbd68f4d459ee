"""Activations of Darknet, which stand inside its layers, as layers behind them.

Source: Darknet, activations.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import nearest, quote
from shapecalc.readers.darknet.network import Network

LINEAR = "linear"
LOGISTIC = "logistic"  # what most layers have if none is written
Kinds = tuple[tuple[str, Mapping[str, Any]], ...]

# Each is one kind or several in a row, with their fields.
ACTIVATIONS: Mapping[str, Kinds] = {
    LINEAR: (),
    LOGISTIC: (("sigmoid", {}),),
    "relu": (("relu", {}),),
    "relu6": (("relu6", {}),),
    "elu": (("elu", {}),),
    "selu": (("selu", {}),),
    "gelu": (("gelu", {}),),
    "swish": (("silu", {}),),
    "mish": (("mish", {}),),
    "tanh": (("tanh", {}),),
    "hardtan": (("hard_tanh", {}),),
    "leaky": (("leaky_relu", {"slope": 0.1}),),
    "revleaky": (("leaky_relu", {"slope": 0.1}),),
    "relie": (("leaky_relu", {"slope": 0.01}),),
    "ramp": (("leaky_relu", {"slope": 1 / 11}), ("scale", {"weight": 1.1})),  # 1.1x, and 0.1x
    "loggy": (("scale", {"weight": 0.5}), ("tanh", {})),  # 2*sigmoid(x) - 1
}
WITHOUT_KIND = frozenset((  # operations
    "hard_mish", "lhtan", "plse", "stair", "normalize_channels", "normalize_channels_softmax",
    "normalize_channels_softmax_maxval",
))  # fmt: skip
KEYS = dict.fromkeys(("slope", "weight"), "activation")


def activate(network: Network, default: str = LINEAR) -> None:
    """Add the activation of the section at work."""
    word = network.section.text("activation", default)
    if word in WITHOUT_KIND:
        network.keeping(word)
        return
    if word not in ACTIVATIONS:
        close = nearest(word, [*ACTIVATIONS, *WITHOUT_KIND])
        message = f"{network.title}: Darknet has no activation {quote(word)}, and takes relu"
        network.fault(rules.WRONG_VALUE, message, f"{close}?" if close else "", "activation")
        word = "relu"
    *others, last = ACTIVATIONS[word] or ((),)
    for kind, fields in others:
        network.add(kind, kind, fields, keys=KEYS)
    if last:
        network.add(word, *last, keys=KEYS)
