"""Operators that work value by value, or along the depth at each position.

Source: TensorFlow, tensorflow/lite/kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.tensors import arithmetic, norms
from shapecalc.readers.tensors.values import product
from shapecalc.readers.tflite.translation import Call, Given, Meaning, Translation

# Functions of one tensor: their kinds, and fields; None has no kind, and keeps the volume.
FUNCTIONS: Mapping[str, tuple[str | None, Mapping[str, Any]]] = {
    "RELU": ("relu", NOTHING),
    "RELU6": ("relu6", NOTHING),
    "RELU_N1_TO_1": ("hard_tanh", NOTHING),
    "RELU_0_TO_1": ("relu", {"max": 1}),
    "LOGISTIC": ("sigmoid", NOTHING),
    "TANH": ("tanh", NOTHING),
    "ELU": ("elu", NOTHING),
    "GELU": ("gelu", NOTHING),
    "HARD_SWISH": ("hard_swish", NOTHING),
    "EXP": ("exp", NOTHING),
    "ABS": ("abs", NOTHING),
    "SQRT": ("sqrt", NOTHING),
    **dict.fromkeys(("QUANTIZE", "DEQUANTIZE", "FAKE_QUANT", "CAST"), ("identity", NOTHING)),
    **dict.fromkeys(
        ("FLOOR", "CEIL", "ROUND", "NEG", "SIN", "COS", "LOG", "RSQRT", "SQUARE", "SIGN",
         "LOGICAL_NOT", "ZEROS_LIKE", "CUMSUM", "REVERSE_V2", "STABLEHLO_CBRT"),
        (None, NOTHING),
    ),
}  # fmt: skip
BINARY: Mapping[str, str] = {  # functions of two tensors: what the core calls them
    "ADD": "add", "SUB": "subtract", "MUL": "multiply", "DIV": "divide", "MAXIMUM": "maximum",
    **{
        name: name.lower()
        for name in (
            "MINIMUM", "POW", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD", "ATAN2", "LESS",
            "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL", "LOGICAL_AND",
            "LOGICAL_OR", "BITWISE_XOR", "RIGHT_SHIFT",
        )
    },
}  # fmt: skip
KEEP = (*FUNCTIONS, *BINARY, "LEAKY_RELU", "ADD_N", "SOFTMAX", "LOG_SOFTMAX")


def function(t: Translation, call: Call) -> Given:
    """A function of single values."""
    x = t.tensor(call, 0)
    if x is None:
        return None
    kind, fields = FUNCTIONS[call.what]
    return arithmetic.elementwise(t.network, call.node, kind, x, fields)


def leaky_relu(t: Translation, call: Call) -> Given:
    """A leaky ReLU."""
    x = t.tensor(call, 0)
    if x is None:
        return None
    fields = {"slope": _rounded(call.options["slope"])}
    return arithmetic.elementwise(t.network, call.node, "leaky_relu", x, fields)


def binary(t: Translation, call: Call) -> Given:
    """Arithmetic with two tensors, or with a tensor and an array."""
    one, other = t.tensor(call, 0), t.tensor(call, 1)
    name = BINARY[call.what]
    if one is not None and other is not None:
        return arithmetic.binary(t.network, call.node, name, one, other)
    x = one or other
    constant = t.operand(call, 1 if one is not None else 0)
    if x is None or constant is None:
        return None
    behind = one is not None
    if constant.role and behind:  # what is learned is the negative of what is kept, or one by it
        name = {"subtract": "add", "divide": "multiply"}.get(name, name)
    return arithmetic.with_constant(t.network, call.node, name, x, constant, behind=behind)


def add_n(t: Translation, call: Call) -> Given:
    """A sum of several tensors of one shape."""
    sources = t.tensors(call)
    if len(sources) < 2 or len(sources) < len(call.operator.inputs):
        return None
    if any(source.axes != sources[0].axes for source in sources):
        return None
    return t.network.add(call.node, "add", {}, sources)


def softmax(t: Translation, call: Call, *, kind: str) -> Given:
    """A softmax along the last axis."""
    x = t.tensor(call, 0)
    return None if x is None else arithmetic.softmax(t.network, call.node, kind, x, -1)


def prelu(t: Translation, call: Call) -> Given:
    """A PReLU: one slope in all, one for each slice, or one for each value."""
    x, slopes = t.tensor(call, 0), t.constant(call, 1, "weight", "weight")
    if x is None or slopes is None:
        return None
    volume = (t.shape(x) or ())[1:] or (None,)
    sizes = [size for size in slopes.shape if size != 1]
    if not sizes:
        kind = "one"
    elif sizes == [volume[-1]] and slopes.shape[-1] == volume[-1]:
        kind = "per_slice"
    elif slopes.size == product(*volume):
        kind = "per_value"
    else:
        return None
    if not t.network.can_hold("prelu", {"weight": slopes}):
        return None
    return t.network.add(call.node, "prelu", {"slopes": kind}, [x], {"weight": slopes})


def l2_normalize(t: Translation, call: Call) -> Given:
    """A division by the length along the last axis."""
    x = t.tensor(call, 0)
    found = None if x is None else t.network.with_depth(call.node, x, -1)
    return None if found is None else t.network.add(call.node, "l2_normalize", {}, [found])


def lrn(t: Translation, call: Call) -> Given:
    """A local response normalization over `radius` slices on either side, and the one between.

    TensorFlow multiplies the sum of squares by alpha, and does not divide it by their number.
    """
    x = t.tensor(call, 0)
    if x is None or call.options["radius"] < 0:
        return None
    size = 2 * int(call.options["radius"]) + 1
    fields = {
        "size": size,
        "alpha": _rounded(call.options["alpha"] * size),
        "beta": _rounded(call.options["beta"]),
        "k": _rounded(call.options["bias"]),
    }
    return norms.lrn(t.network, call.node, x, fields, -1)


def _rounded(number: float) -> float:
    """Return a number of 32 bits as it was meant: 0.2, not 0.20000000298."""
    return float(f"{number:.7g}")


def choice(t: Translation, call: Call) -> Given:
    """A choice among tensors, whose axes of size 1 are stretched."""
    sources = t.tensors(call)
    if not sources:
        return None
    found = [t.shape(source) for source in sources]
    for index in range(len(call.operator.inputs)):
        array = t.array(call, index)
        found += [] if array is None else [array.shape]
    return arithmetic.choice_of(t.network, call.node, sources, found)


MEANINGS: Mapping[str, Meaning] = {
    **dict.fromkeys(FUNCTIONS, function),
    **dict.fromkeys(BINARY, binary),
    "LEAKY_RELU": leaky_relu,
    "ADD_N": add_n,
    "SOFTMAX": partial(softmax, kind="softmax"),
    "LOG_SOFTMAX": partial(softmax, kind="log_softmax"),
    "PRELU": prelu,
    "L2_NORMALIZATION": l2_normalize,
    "LOCAL_RESPONSE_NORMALIZATION": lrn,
    "SELECT_V2": choice,
}
